package states

import (
	"context"
	"encoding/json"
	"errors"
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
		n, err := v.seconds(w.seconds, in, 0, "a Wait")
		return time.Duration(n) * time.Second, err
	}
	value, err := v.eval(w.until, in)
	if err != nil {
		return 0, err
	}
	t, ok := timestamp(value)
	if !ok {
		return 0, failed(nameRuntime, "a Wait needs a time as in 2026-11-23T18:00:00Z, got %s", encode(value))
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

// task invokes a function.
type task struct{ timeout expr } // seconds; nil: none

var errTaskTimeout = errors.New("the task's TimeoutSeconds have passed")

func (t task) act(ctx context.Context, v *visit, in any) (any, error) {
	function, payload, err := request(in)
	if err != nil {
		return nil, err
	}
	if err := v.x.record(eventsAttempt); err != nil {
		return nil, err
	}
	call, stop, err := t.limited(ctx, v)
	if err != nil {
		return nil, err
	}
	defer stop()
	reply, err := v.x.e.Tasks.Invoke(call, function, encode(payload))
	switch {
	case ctx.Err() != nil && err != nil:
		return nil, errStopped
	case context.Cause(call) == errTaskTimeout:
		return nil, failed(nameTimeout, "%s did not answer within the state's TimeoutSeconds", function)
	case err != nil:
		return nil, functionFailed(err)
	}
	return answer(function, reply)
}

func (t task) limited(ctx context.Context, v *visit) (context.Context, context.CancelFunc, error) {
	if t.timeout == nil {
		return ctx, func() {}, nil
	}
	n, err := v.seconds(t.timeout, v.raw, 1, "TimeoutSeconds")
	if err != nil {
		return nil, nil, err
	}
	ctx, stop := context.WithTimeoutCause(ctx, time.Duration(n)*time.Second, errTaskTimeout)
	return ctx, stop, nil
}

func request(in any) (function string, payload any, err error) {
	m, _ := in.(map[string]any)
	function, ok := m["FunctionName"].(string)
	if !ok || function == "" {
		return "", nil, failed(nameRuntime, "FunctionName must be a text, got %s", encode(m["FunctionName"]))
	}
	payload, ok = m["Payload"]
	if !ok {
		payload = map[string]any{}
	}
	return function, payload, nil
}

func functionFailed(err error) error {
	if e := (*TaskError)(nil); errors.As(err, &e) {
		return &failure{e.Name, e.Cause}
	}
	return &failure{"Lambda.Unknown", err.Error()}
}

// sdkMetadata is what stands round a Payload and is the same for every call.
var sdkMetadata = map[string]any{
	"AllHttpHeaders": map[string]any{}, "HttpHeaders": map[string]any{}, "HttpStatusCode": json.Number("200"),
}

// answer is a function's reply in the shape of lambda:invoke's result.
func answer(function string, reply json.RawMessage) (any, error) {
	payload, err := any(nil), error(nil)
	if len(reply) > 0 {
		payload, err = decode(reply)
	}
	if err != nil {
		return nil, failed("Lambda.Unknown", "%s answered what is no JSON: %v", function, err)
	}
	result := map[string]any{
		"ExecutedVersion": "$LATEST", "Payload": payload, "StatusCode": json.Number("200"),
		"SdkHttpMetadata":     sdkMetadata,
		"SdkResponseMetadata": map[string]any{"RequestId": newUUID()},
	}
	return result, within(result, "the answer of "+function)
}
