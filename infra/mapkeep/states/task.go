package states

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

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
	value, err := v.eval(t.timeout, v.raw)
	if err != nil {
		return nil, nil, err
	}
	n, ok := whole(value)
	if !ok || n < 1 || n > longestWait {
		return nil, nil, failed(nameRuntime, "TimeoutSeconds needs a whole number from 1 to %d, got %s", longestWait, encode(value))
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
	return result, within(result, "lambda")
}
