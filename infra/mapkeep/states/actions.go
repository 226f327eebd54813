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
		return w.pause(v, in)
	}
	value, err := v.eval(w.until, in)
	if err != nil {
		return 0, err
	}
	t, ok := timestamp(value)
	if !ok {
		return 0, failed(nameRuntime, "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: %s == %s", pathOf(w.until), plain(value))
	}
	return max(0, t.Sub(v.x.e.clock().Now())), nil
}

// pause is Seconds or what is at SecondsPath; its errors are in Step
// Functions' words as far as those were seen.
func (w wait) pause(v *visit, in any) (time.Duration, error) {
	value, err := v.eval(w.seconds, in)
	if err != nil {
		return 0, err
	}
	n, ok := whole(value)
	wrong := ""
	switch {
	case !ok:
		wrong = "cannot be parsed as a long value"
	case n < 0:
		wrong = "references a negative value"
	case n > longestWait:
		wrong = "references a value above the longest wait"
	}
	if wrong != "" {
		return 0, failed(nameRuntime, "The SecondsPath parameter %s: %s == %s", wrong, pathOf(w.seconds), plain(value))
	}
	return time.Duration(n) * time.Second, nil
}

// pathOf is the text of a path, for messages about what was found there.
func pathOf(e expr) string {
	if p, ok := e.(*path); ok {
		return p.text
	}
	return ""
}
