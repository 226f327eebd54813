package states

import (
	"encoding/json"
	"time"
)

// Kind says what an Event tells.
type Kind string

// The kinds of event, in the order in which a run with a Map shows them.
const (
	StateEntered   Kind = "StateEntered"   // Data is the state's input
	StateExited    Kind = "StateExited"    // Data is its output
	TaskFailed     Kind = "TaskFailed"     // one attempt of a Task: Error, Cause, Attempt
	Retrying       Kind = "Retrying"       // Attempt is the one that comes after Wait
	Caught         Kind = "Caught"         // Data is the output that goes to the Catch's state
	MapStarted     Kind = "MapStarted"     // the number of items is not known yet
	ChildStarted   Kind = "ChildStarted"   // Data is the child's input
	ChildEnded     Kind = "ChildEnded"     // Status, Error, Cause; Data is its output
	ExecutionEnded Kind = "ExecutionEnded" // of the parent: Status, Error, Cause; Data is its output
)

// An Event is one thing that happened. Events of one execution come in
// order; those of several children are mixed.
type Event struct {
	Kind      Kind
	Execution string // ARN
	Child     int    // index of the item, -1 for the parent
	State     string
	Status    string // of the two kinds that end an execution
	Error     string
	Cause     string
	Attempt   int // of the state's visit, 1 is the first
	Wait      time.Duration
	Time      time.Time

	data any
}

// Data is the JSON that goes with the event, null where there is none. It is
// encoded only when asked for.
func (e Event) Data() json.RawMessage { return encode(e.data) }

func (x *execution) tell(ev Event) {
	if x.e.Observe == nil {
		return
	}
	ev.Execution, ev.Child, ev.Time = x.id, x.child, x.e.clock().Now()
	x.e.Observe(ev)
}
