// Command list is the Lambda function of the state machine's List step.
package main

import (
	"github.com/mapkeep/mapkeep/internal/backup/list"
	"github.com/mapkeep/mapkeep/internal/entry"
)

func main() { entry.Serve("list", list.Open) }
