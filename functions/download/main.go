// Command download is the Lambda function of the state machine's Download step.
package main

import (
	"github.com/mapkeep/mapkeep/internal/backup/download"
	"github.com/mapkeep/mapkeep/internal/entry"
)

func main() { entry.Serve("download", download.Open) }
