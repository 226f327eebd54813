package states

import (
	"context"
	"errors"
	"slices"
	"time"
)

// maxEvents is how long the history of an execution may become; Step
// Functions ends one that reaches it. The parent and each child have their
// own.
const maxEvents = 25_000

// What states write into a history, entering and leaving included.
const (
	eventsState   = 2
	eventsAttempt = 3 // scheduled, started, succeeded or failed
	eventsMap     = 4 // state and map run, started and ended
)

// flow is the states of a machine or of a Map's ItemProcessor.
type flow struct{ start *node }

// An execution is one walk through a flow: the parent's or a child's.
type execution struct {
	e       *Engine
	flow    *flow
	id      string
	name    string
	machine string // as ARNs spell it: <name> or <name>/<label>
	child   int    // index of the item, -1 for the parent
	input   any
	started time.Time
	events  int
	open    []openChild
}

type openChild struct {
	index int
	state string
	data  any
}

// An outcome is how an execution ended, and where.
type outcome struct {
	status  string
	output  any
	error   failure
	state   string
	data    any
	stopped time.Time
}

func (x *execution) run(ctx context.Context, input any) outcome {
	x.input, x.started, x.events = input, x.e.clock().Now(), 1
	n, data := x.flow.start, input
	err := within(input, x.name)
	for n != nil && err == nil {
		if ctx.Err() != nil {
			err = errStopped
			break
		}
		v := &visit{x: x, n: n, raw: data, entered: x.e.clock().Now(), next: n.next}
		var out any
		if out, err = v.run(ctx); err == nil {
			n, data = v.next, out
		}
	}
	return x.ended(ctx, n, data, err)
}

func (x *execution) ended(ctx context.Context, n *node, data any, err error) outcome {
	o := outcome{stopped: x.e.clock().Now()}
	f := (*failure)(nil)
	switch {
	case err == nil:
		o.status, o.output = Succeeded, data
	case errors.As(err, &f):
		o.status, o.error = Failed, failure{cut(f.name, 256), cut(f.cause, 32768)}
	case x.child < 0 && context.Cause(ctx) == errExpired:
		o.status, o.error = TimedOut, failure{nameTimeout, errExpired.Error()}
	default:
		o.status = Aborted
	}
	if n != nil {
		o.state, o.data = n.name, data
	}
	kind := ChildEnded
	if x.child < 0 {
		kind = ExecutionEnded
	}
	x.tell(Event{Kind: kind, Status: o.status, State: o.state, Error: o.error.name, Cause: o.error.cause, data: o.output})
	return o
}

// result is an outcome as the parent's caller sees it.
func (o outcome) result(x *execution) Result {
	r := Result{
		Status: o.status, Error: o.error.name, Cause: o.error.cause,
		ID: x.id, Started: x.started, Stopped: o.stopped, State: o.state,
	}
	if o.status == Succeeded {
		r.Output = encode(o.output)
	}
	if o.state != "" {
		r.Data = encode(o.data)
	}
	slices.SortFunc(x.open, func(a, b openChild) int { return a.index - b.index })
	for _, c := range x.open {
		r.Open = append(r.Open, OpenChild{Index: c.index, State: c.state, Data: encode(c.data)})
	}
	return r
}

// record counts n events of the history.
func (x *execution) record(n int) error {
	x.events += n
	if x.events >= maxEvents {
		return failed(nameRuntime, "The execution reached the maximum number of history events (%d)", maxEvents)
	}
	return nil
}
