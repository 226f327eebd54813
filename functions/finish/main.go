// Command finish is the Lambda function of the state machine's Finish step.
package main

import (
	"github.com/mapkeep/mapkeep/internal/backup/finish"
	"github.com/mapkeep/mapkeep/internal/entry"
)

func main() { entry.Serve("finish", finish.Open) }
