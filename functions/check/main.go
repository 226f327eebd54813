// Command check is the Lambda function of the state machine's Check step.
package main

import (
	"github.com/mapkeep/mapkeep/internal/backup/check"
	"github.com/mapkeep/mapkeep/internal/entry"
)

func main() { entry.Serve("check", check.Open) }
