// Command close is the Lambda function of the state machine's Close step.
package main

import (
	"github.com/mapkeep/mapkeep/internal/backup/close"
	"github.com/mapkeep/mapkeep/internal/entry"
)

func main() { entry.Serve("close", close.Open) }
