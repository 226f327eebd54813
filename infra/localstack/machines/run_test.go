//go:build localstack

package machines_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states/statestest"
)

const states = "AWSStepFunctions."

// longest is what a case may take, on a busy computer too.
const longest = 3 * time.Minute

// run runs one case by LocalStack.
func (l *lab) run(ctx context.Context, c statestest.Case) (statestest.Outcome, error) {
	ctx, stop := context.WithTimeout(ctx, longest)
	defer stop()
	name := l.unused(c.Name)
	script := c.Script()
	defer l.scripts.play(name, script)()
	if err := l.prepare(ctx, c, name); err != nil {
		return statestest.Outcome{}, err
	}
	var machine struct{ StateMachineArn string }
	err := l.cloud.Ask(ctx, "states", states+"CreateStateMachine", map[string]any{
		"name": name, "roleArn": role, "definition": c.Definition(name, bucketOf(name)),
	}, &machine)
	if err != nil && strings.Contains(err.Error(), "InvalidDefinition") {
		return statestest.Outcome{Status: statestest.Refused, Cause: err.Error()}, nil
	}
	if err != nil {
		return statestest.Outcome{}, err
	}
	var started struct{ ExecutionArn string }
	err = l.cloud.Ask(ctx, "states", states+"StartExecution", map[string]any{
		"stateMachineArn": machine.StateMachineArn, "name": "r", "input": string(c.Input),
	}, &started)
	if err != nil {
		return statestest.Outcome{}, err
	}
	got, err := l.ended(ctx, started.ExecutionArn)
	if err != nil {
		return got, err
	}
	got.Calls = script.Calls()
	got.Waits, err = l.waits(ctx, started.ExecutionArn)
	return got, err
}

// ended is how an execution ended.
func (l *lab) ended(ctx context.Context, execution string) (statestest.Outcome, error) {
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		var is struct {
			Status, Output string
			Error, Cause   any // LocalStack lets a Fail end with what is no text
		}
		err := l.cloud.Ask(ctx, "states", states+"DescribeExecution", map[string]any{"executionArn": execution}, &is)
		if err != nil {
			return statestest.Outcome{}, err
		}
		if is.Status != "RUNNING" {
			return statestest.Outcome{Status: is.Status, Output: json.RawMessage(is.Output), Error: text(is.Error), Cause: text(is.Cause)}, nil
		}
		select {
		case <-ctx.Done():
			return statestest.Outcome{}, fmt.Errorf("it still runs: %w", ctx.Err())
		case <-look.C:
		}
	}
}

func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// An event is one of an execution's history.
type event struct {
	Type      string
	Timestamp float64 // seconds
}

// waits reads out of an execution's history how long it waited in Wait states
// and before each repeat.
func (l *lab) waits(ctx context.Context, execution string) ([]float64, error) {
	var history struct{ Events []event }
	err := l.cloud.Ask(ctx, "states", states+"GetExecutionHistory", map[string]any{"executionArn": execution, "maxResults": 1000}, &history)
	var waits []float64
	var entered, failed float64
	for _, e := range history.Events {
		switch e.Type {
		case "WaitStateEntered":
			entered = e.Timestamp
		case "WaitStateExited":
			waits = append(waits, e.Timestamp-entered)
		case "TaskFailed", "TaskTimedOut", "MapRunFailed":
			failed = e.Timestamp
		case "TaskScheduled", "MapRunStarted":
			if failed > 0 {
				waits = append(waits, e.Timestamp-failed)
			}
			failed = 0
		default:
			failed = 0
		}
	}
	return waits, err
}
