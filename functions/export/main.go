// Command export is the Lambda function of the state machine's Export step.
package main

import (
	"github.com/mapkeep/mapkeep/internal/backup/export"
	"github.com/mapkeep/mapkeep/internal/entry"
)

func main() { entry.Serve("export", export.Open) }
