// Package states runs a state machine in the Amazon States Language on one
// computer, as AWS Step Functions would: the JSONPath subset that
// infra/backup.asl.json is written in, Distributed Map included. It is no
// AWS client and knows neither the backup nor how a function is started:
// functions, buckets, time and chance come in as values.
//
// Parse is the judge of a machine; what it does not know it refuses by name.
// Engine.Run is one execution: execution.go walks from state to state,
// visit.go does one state with its Retry and Catch, map.go starts children.
//
// JSON values are `any` as encoding/json makes them with UseNumber, so that
// numbers keep their text. No value is changed once it is made, and no part
// of a Machine after Parse: both may be shared between goroutines.
package states

import (
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"time"
)

// A Machine is a parsed definition. It never changes; any number of
// executions may run on it at once.
type Machine struct {
	flow    *flow
	timeout time.Duration // zero: none
}

// Tasks calls functions, as the resource arn:aws:states:::lambda:invoke does.
// Invoke is called from many goroutines at once and returns soon after ctx
// ended (the task's TimeoutSeconds, or the end of the run). An error that is
// a *TaskError gives its name to Retry and Catch; any other is
// Lambda.Unknown.
type Tasks interface {
	Invoke(ctx context.Context, function string, payload json.RawMessage) (json.RawMessage, error)
}

// A TaskError is a function's failure as Step Functions sees it. Cause is the
// text that Catch hands on: for a function's own error the JSON object
// {"errorMessage", "errorType"} that the Lambda Runtime API was given.
type TaskError struct{ Name, Cause string }

// Error is the name and the cause.
func (e *TaskError) Error() string { return e.Name + ": " + e.Cause }

// FunctionError is the TaskError of a function that returned an error of type
// name with this message.
func FunctionError(name, message string) *TaskError {
	cause := map[string]any{"errorMessage": message, "errorType": name}
	return &TaskError{Name: name, Cause: string(encode(cause))}
}

// Objects is the bucket that an ItemReader reads and a ResultWriter writes.
type Objects interface {
	Get(ctx context.Context, bucket, key string) (io.ReadCloser, error)
	Put(ctx context.Context, bucket, key string, body io.Reader, size int64) error
}

// Clock is the time of Wait states, of retries and of all dates. Sleep
// returns early, with ctx's error, when ctx ends. Time-outs are not its
// business: they are contexts with a deadline, so wall time.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
}

// WallClock is real time.
type WallClock struct{}

// Now is time.Now.
func (WallClock) Now() time.Time { return time.Now() }

// Sleep waits for d or for the end of ctx.
func (WallClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// An Engine runs executions of one machine; Run may be called any number of
// times, also at once.
type Engine struct {
	Machine *Machine
	Name    string // the machine's name, part of every ARN
	Tasks   Tasks
	Objects Objects        // nil where no Map reads or writes objects
	Clock   Clock          // nil: WallClock
	Random  func() float64 // in [0, 1), for jitter and States.MathRandom; called from many goroutines; nil: math/rand
	Observe func(Event)    // told what happens, from many goroutines at once; nil: nobody
}

func (e *Engine) clock() Clock {
	if e.Clock == nil {
		return WallClock{}
	}
	return e.Clock
}

func (e *Engine) random() float64 {
	if e.Random == nil {
		return rand.Float64()
	}
	return e.Random()
}

// How an execution ends.
const (
	Succeeded = "SUCCEEDED"
	Failed    = "FAILED"
	TimedOut  = "TIMED_OUT" // by TimeoutSeconds of the machine
	Aborted   = "ABORTED"   // ctx ended first
)

// A Result is how an execution ended.
type Result struct {
	Status           string          // Succeeded, Failed, TimedOut or Aborted
	Output           json.RawMessage // of a Succeeded one
	Error, Cause     string          // at most 256 and 32,768 characters
	ID               string          // the execution's ARN, as in $$.Execution.Id
	Started, Stopped time.Time
	State            string          // where one that did not succeed stood: a state's name …
	Data             json.RawMessage // … and that state's input
	Open             []OpenChild     // children under way when Aborted or TimedOut, by index
}

// An OpenChild is a child execution that the end of the run cut short.
type OpenChild struct {
	Index int             // of its item
	State string          // where it stood
	Data  json.RawMessage // that state's input
}

// Run runs one execution to its end and never panics on data. The name is
// the execution's, unique for its machine; empty input is {}. When ctx ends,
// no further state is entered, running Invokes are told by their own ctx,
// and the result is Aborted.
func (e *Engine) Run(ctx context.Context, name string, input json.RawMessage) Result {
	x := &execution{
		e: e, flow: e.Machine.flow, child: -1, name: name,
		id:      arn + "execution:" + e.Name + ":" + name,
		machine: e.Name,
	}
	if len(input) == 0 {
		input = json.RawMessage("{}")
	}
	data, err := decode(input)
	if err != nil {
		now := e.clock().Now()
		return Result{Status: Failed, Error: "InvalidExecutionInput", Cause: err.Error(), ID: x.id, Started: now, Stopped: now}
	}
	if e.Machine.timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, e.Machine.timeout, errExpired)
		defer stop()
	}
	return x.run(ctx, data).result(x)
}
