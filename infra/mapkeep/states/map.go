package states

import (
	"context"
	"errors"
	"sync"
)

// distributed is a Map in mode DISTRIBUTED: each item becomes the input of a
// child execution with a history of its own. Items are read while children
// run, so memory goes with the concurrency and not with the list.
type distributed struct {
	label       string
	flow        *flow
	items       source
	selector    expr // ItemSelector; nil: the item itself
	concurrency expr // nil: 0
	percentage  expr // ToleratedFailurePercentage; nil: none given
	count       expr // ToleratedFailureCount; nil: none given
	writer      expr // ResultWriter's Parameters; nil: outputs become an array
}

// A mapRun is one attempt of a Map state.
type mapRun struct {
	m         *distributed
	v         *visit
	in        any
	id        string // UUID, part of the Map Run's ARN and of the results' keys
	parallel  int
	tolerance tolerance
	items     items
	results   results

	mu     sync.Mutex // of what follows and of results
	failed int
	open   []openChild
	stop   context.CancelCauseFunc // with the *failure that ends the Map
}

func (m *distributed) act(ctx context.Context, v *visit, in any) (any, error) {
	if err := v.x.record(eventsMap); err != nil {
		return nil, err
	}
	r := &mapRun{m: m, v: v, in: in, id: newUUID()}
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	defer r.items.close()
	v.x.tell(Event{Kind: MapStarted, State: v.n.name})
	return r.run(ctx)
}

// run starts the children and waits for them. Whatever ends the Map early
// aborts those that run.
func (r *mapRun) run(outer context.Context) (any, error) {
	ctx, stop := context.WithCancelCause(outer)
	defer stop(nil)
	r.stop = stop
	r.feed(outer, ctx)
	f := (*failure)(nil)
	switch {
	case outer.Err() != nil:
		r.v.x.open = r.open
		return nil, errStopped
	case ctx.Err() == nil:
		return r.results.finish(outer)
	case !errors.As(context.Cause(ctx), &f):
		return nil, errStopped
	case f.name == nameThreshold:
		return nil, r.abandoned(outer, f)
	}
	return nil, f
}

// feed starts a child for each item, at most r.parallel at once, and returns
// when all have ended.
func (r *mapRun) feed(outer, ctx context.Context) {
	slots := make(chan struct{}, r.parallel)
	var children sync.WaitGroup
	defer children.Wait()
	for index := 0; ; index++ {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return
		}
		input, ok, err := r.next(index)
		if err != nil {
			r.stop(err)
		}
		if err != nil || !ok {
			return
		}
		children.Go(func() {
			r.child(outer, ctx, index, input)
			<-slots
		})
	}
}

// next is the input of the next child.
func (r *mapRun) next(index int) (any, bool, error) {
	value, ok, err := r.items.next()
	if err != nil || !ok || r.m.selector == nil {
		return value, ok, err
	}
	input, err := r.m.selector.eval(r.v.scopeOf(r.in, &item{index, value}))
	return input, true, err
}

// child runs one child and books how it ended.
func (r *mapRun) child(outer, ctx context.Context, index int, input any) {
	x := r.newChild(index)
	x.tell(Event{Kind: ChildStarted, data: input})
	o := x.run(ctx, input)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case o.status == Aborted && x.events > 1: // it had entered a state
		r.open = append(r.open, openChild{index, o.state, o.data})
	case o.status == Failed:
		r.failed++
		if r.tolerance.exceeded(r.failed) {
			r.stop(failed(nameThreshold, "the specified tolerated failure threshold was exceeded"))
		}
	}
	if err := r.results.add(outer, x, o); err != nil {
		r.stop(err)
	}
}

func (r *mapRun) newChild(index int) *execution {
	x, name := r.v.x, newUUID()
	machine := x.machine + "/" + r.m.label
	return &execution{
		e: x.e, flow: r.m.flow, child: index, name: name, machine: machine,
		id: arn + "execution:" + machine + ":" + name,
	}
}

// abandoned ends a Map that failed by its threshold: what had not been
// started is pending, and the results are written all the same.
func (r *mapRun) abandoned(ctx context.Context, f *failure) error {
	if r.m.writer == nil {
		return f
	}
	for index := 0; ; index++ {
		input, ok, err := r.next(index)
		if err != nil || !ok {
			break
		}
		if err := r.results.pending(ctx, input); err != nil {
			return err
		}
	}
	if _, err := r.results.finish(ctx); err != nil {
		return err
	}
	return f
}
