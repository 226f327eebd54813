package states

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A node is one state, compiled.
type node struct {
	name, kind string
	input      expr // InputPath; nil: $
	params     expr // Parameters; nil: none
	act        action
	selector   expr       // ResultSelector; nil: none
	result     *reference // ResultPath; nil: the result is the output
	output     expr       // OutputPath; nil: $
	grows      bool       // its output can be larger than its input
	next       *node      // nil: the end
	retry      []retrier
	catch      []catcher
}

// An action is what a type of state does with its effective input.
type action interface {
	act(ctx context.Context, v *visit, in any) (any, error)
}

// A visit is one entry into a state, with all its attempts.
type visit struct {
	x       *execution
	n       *node
	raw     any // the state's input
	entered time.Time
	event   int   // number of the entry in the history
	repeats int   // $$.State.RetryCount
	next    *node // where it goes on; a Choice and a Catch change it
}

// run does the state until an attempt succeeds, a Catch takes its failure,
// or neither. Its error is a *failure or errStopped.
func (v *visit) run(ctx context.Context) (any, error) {
	v.event = v.x.events + 1
	if err := v.x.record(eventsState); err != nil {
		return nil, err
	}
	v.x.tell(Event{Kind: StateEntered, State: v.n.name, data: v.raw})
	used := make([]int64, len(v.n.retry))
	for {
		out, err := v.attempt(ctx)
		if err == nil {
			v.x.tell(Event{Kind: StateExited, State: v.n.name, data: out})
			return out, nil
		}
		f, ok := v.failed(err)
		if ctx.Err() != nil || !ok {
			return nil, errStopped
		}
		wait, again := v.n.again(f, used, v.x.e.random)
		if !again {
			return v.caught(f)
		}
		v.repeats++
		v.x.tell(Event{Kind: Retrying, State: v.n.name, Error: f.name, Cause: f.cause, Attempt: v.repeats + 1, Wait: wait})
		if v.x.e.clock().Sleep(ctx, wait) != nil || ctx.Err() != nil {
			return nil, errStopped
		}
	}
}

// attempt is the processing of a state from its input to its output, in the
// order that the language fixes.
func (v *visit) attempt(ctx context.Context) (any, error) {
	n := v.n
	in, err := v.eval(n.input, v.raw)
	if err != nil {
		return nil, err
	}
	if in, err = v.parameters(in); err != nil {
		return nil, err
	}
	result, err := n.act.act(ctx, v, in)
	if err != nil {
		return nil, err
	}
	if result, err = v.eval(n.selector, result); err != nil {
		return nil, err
	}
	out, err := n.result.put(v.raw, result)
	if err != nil {
		return nil, err
	}
	if out, err = v.eval(n.output, out); err != nil {
		return nil, err
	}
	if n.grows {
		err = within(out, n.name)
	}
	return out, err
}

func (v *visit) parameters(in any) (any, error) {
	if v.n.params == nil {
		return in, nil
	}
	in, err := v.eval(v.n.params, in)
	if err != nil {
		return nil, err
	}
	return in, within(in, v.n.name)
}

// eval is e on input, or input where there is no e.
func (v *visit) eval(e expr, input any) (any, error) {
	if e == nil {
		return input, nil
	}
	return e.eval(v.scope(input))
}

// failed is the failure that ended an attempt, if one did: a States.Runtime
// says where it came up, and a Task's is told.
func (v *visit) failed(err error) (*failure, bool) {
	f := (*failure)(nil)
	if !errors.As(err, &f) {
		return nil, false
	}
	if f.name == nameRuntime {
		f = &failure{nameRuntime, fmt.Sprintf("An error occurred while executing the state '%s' (entered at the event id #%d). %s", v.n.name, v.event, f.cause)}
	}
	if v.n.kind == "Task" {
		v.x.tell(Event{Kind: TaskFailed, State: v.n.name, Error: f.name, Cause: f.cause, Attempt: v.repeats + 1})
	}
	return f, true
}
