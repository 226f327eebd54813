package states

import (
	"context"
	"encoding/json"
)

// defaultConcurrency is Step Functions' for a Distributed Map without
// MaxConcurrency or with 0; it is also the most.
const defaultConcurrency = 10_000

// prepare evaluates the Map's settings and opens its items.
func (r *mapRun) prepare(ctx context.Context) (err error) {
	if r.parallel, err = r.concurrency(); err != nil {
		return err
	}
	if r.tolerance, err = r.tolerated(); err != nil {
		return err
	}
	if r.results, err = r.sink(); err != nil {
		return err
	}
	if r.tolerance.needsTotal() {
		if r.tolerance.total, err = r.total(ctx); err != nil {
			return err
		}
	}
	r.items, err = r.m.items.open(ctx, r.v, r.in)
	return err
}

// concurrency is how many children may run at once.
func (r *mapRun) concurrency() (int, error) {
	n, err := r.wholeNumber(r.m.concurrency, "MaxConcurrency")
	if err != nil || n <= 0 {
		return defaultConcurrency, err
	}
	return int(min(n, defaultConcurrency)), nil
}

// wholeNumber evaluates a setting, 0 or above; -1 where it is not given.
func (r *mapRun) wholeNumber(e expr, what string) (int64, error) {
	if e == nil {
		return -1, nil
	}
	value, err := r.v.eval(e, r.in)
	if err != nil {
		return 0, err
	}
	n, ok := whole(value)
	switch {
	case !ok:
		return 0, failed(nameRuntime, "The %sPath field refers to value \"%s\" which is not a valid integer: %s", what, plain(value), pathOf(e))
	case n < 0:
		return 0, failed(nameRuntime, "%s cannot be negative.", what)
	}
	return n, nil
}

// A tolerance is how many children of a Map may fail. Given none, none may;
// given both, either is enough to fail the Map.
type tolerance struct {
	count      int64   // -1: not given
	percentage float64 // -1: not given
	total      int     // of items; known only where needsTotal
}

func (r *mapRun) tolerated() (tolerance, error) {
	t := tolerance{percentage: -1}
	var err error
	if t.count, err = r.wholeNumber(r.m.count, "ToleratedFailureCount"); err != nil {
		return t, err
	}
	if r.m.percentage == nil {
		return t, nil
	}
	value, err := r.v.eval(r.m.percentage, r.in)
	if err != nil {
		return t, err
	}
	n, _ := value.(json.Number)
	if t.percentage, err = n.Float64(); err != nil || !(t.percentage >= 0 && t.percentage <= 100) {
		return t, failed(nameRuntime, "ToleratedFailurePercentage needs a number from 0 to 100, got %s", encode(value))
	}
	return t, nil
}

// needsTotal reports whether the list must be counted before it is run: 0
// and 100 per cent can be judged without.
func (t tolerance) needsTotal() bool { return t.percentage > 0 && t.percentage < 100 }

func (t tolerance) exceeded(failed int) bool {
	if t.count < 0 && t.percentage < 0 {
		return failed > 0
	}
	if t.count >= 0 && int64(failed) > t.count {
		return true
	}
	switch {
	case t.percentage == 0:
		return failed > 0
	case t.needsTotal():
		return float64(failed)*100 > t.percentage*float64(t.total)
	}
	return false
}

// total counts the items by reading them once more.
func (r *mapRun) total(ctx context.Context) (int, error) {
	list, err := r.m.items.open(ctx, r.v, r.in)
	if err != nil {
		return 0, err
	}
	defer list.close()
	for n := 0; ; n++ {
		if _, ok, err := list.next(); err != nil || !ok {
			return n, err
		}
	}
}
