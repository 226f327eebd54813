package states

import (
	"context"
	"time"
)

// pass hands on its Result, or its input where it has none.
type pass struct{ result expr }

func (p pass) act(_ context.Context, v *visit, in any) (any, error) { return v.eval(p.result, in) }

// succeed ends the execution; its node has no next.
type succeed struct{}

func (succeed) act(_ context.Context, _ *visit, in any) (any, error) { return in, nil }

// fail ends the execution with an error of its own.
type fail struct{ error, cause expr }

func (f fail) act(_ context.Context, v *visit, in any) (any, error) {
	name, err := f.text(v, f.error, in)
	if err != nil {
		return nil, err
	}
	cause, err := f.text(v, f.cause, in)
	if err != nil {
		return nil, err
	}
	return nil, &failure{name, cause}
}

func (fail) text(v *visit, e expr, in any) (string, error) {
	if e == nil {
		return "", nil
	}
	value, err := v.eval(e, in)
	if err != nil {
		return "", err
	}
	if s, ok := value.(string); ok {
		return s, nil
	}
	return "", failed(nameRuntime, "Error and Cause must be texts, got %s", encode(value))
}

// longestWait is the most seconds of a Wait and of time-outs.
const longestWait = 99_999_999

// wait sleeps for some seconds or until a time.
type wait struct{ seconds, until expr }

func (w wait) act(ctx context.Context, v *visit, in any) (any, error) {
	d, err := w.duration(v, in)
	if err != nil {
		return nil, err
	}
	if v.x.e.clock().Sleep(ctx, d) != nil {
		return nil, errStopped
	}
	return in, nil
}

func (w wait) duration(v *visit, in any) (time.Duration, error) {
	if w.seconds != nil {
		n, err := v.seconds(w.seconds, in, 0, "A Wait")
		return time.Duration(n) * time.Second, err
	}
	value, err := v.eval(w.until, in)
	if err != nil {
		return 0, err
	}
	t, ok := timestamp(value)
	if !ok {
		return 0, failed(nameRuntime, "A Wait needs a time as in 2026-11-23T18:00:00Z, got %s", encode(value))
	}
	return max(0, t.Sub(v.x.e.clock().Now())), nil
}

// seconds evaluates e to a whole number from least to longestWait.
func (v *visit) seconds(e expr, in any, least int64, what string) (int64, error) {
	value, err := v.eval(e, in)
	if err != nil {
		return 0, err
	}
	n, ok := whole(value)
	if !ok || n < least || n > longestWait {
		return 0, failed(nameRuntime, "%s needs a whole number of seconds from %d to %d, got %s", what, least, longestWait, encode(value))
	}
	return n, nil
}
