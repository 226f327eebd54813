package states_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

func TestWait(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fields string
		slept  time.Duration
		err    string
	}{
		{`"Seconds": 90`, 90 * time.Second, ""},
		{`"SecondsPath": "$.seven"`, 7 * time.Second, ""},
		{`"SecondsPath": "$.zero"`, 0, ""},
		{`"SecondsPath": "$.half"`, 0, "States.Runtime"},
		{`"SecondsPath": "$.text"`, 0, "States.Runtime"},
		{`"SecondsPath": "$.minus"`, 0, "States.Runtime"},
		{`"SecondsPath": "$.long"`, 0, "States.Runtime"},
		{`"SecondsPath": "$.gone"`, 0, "States.Runtime"},
		{`"Timestamp": "2026-11-23T18:00:30Z"`, 30 * time.Second, ""},
		{`"TimestampPath": "$.at"`, time.Hour, ""},
		{`"Timestamp": "2020-01-01T00:00:00Z"`, 0, ""},
		{`"TimestampPath": "$.text"`, 0, "States.Runtime"},
	}
	const input = `{"seven":7,"zero":0,"half":1.5,"text":"7","minus":-1,"long":100000000,"at":"2026-11-23T19:00:00Z"}`
	for _, tt := range tests {
		t.Run(tt.fields, func(t *testing.T) {
			t.Parallel()
			c := newClock()
			e := states.Engine{Clock: c, Machine: parse(t, one(`"Type": "Wait", "End": true, `+tt.fields))}
			r := e.Run(t.Context(), "r", json.RawMessage(input))
			if r.Error != tt.err || tt.err == "" && !slices.Equal(c.slept, []time.Duration{tt.slept}) {
				t.Errorf("Run: got %q (%s) after %v, want %q after %v", r.Error, r.Cause, c.slept, tt.err, tt.slept)
			}
		})
	}
}

func TestFunctionAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, reply, status, text string }{
		{"object", `{"a":1.0}`, states.Succeeded, `{"a":1.0}`},
		{"null", `null`, states.Succeeded, `null`},
		{"nothing", ``, states.Succeeded, `null`},
		{"no JSON", `<html>`, states.Failed, "Lambda.Unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, one(call+`"End": true, "OutputPath": "$.out"`), `{}`, func(context.Context, string, json.RawMessage) (json.RawMessage, error) {
				return json.RawMessage(tt.reply), nil
			})
			want(t, r, tt.status, tt.text)
		})
	}
}

func TestResultOfInvoke(t *testing.T) {
	t.Parallel()
	r := run(t, one(`"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
		"Parameters": {"FunctionName": "f"}`), `{"not":"sent"}`, echo)
	var got map[string]json.RawMessage
	if err := json.Unmarshal(r.Output, &got); err != nil {
		t.Fatalf("Run: got %s (%s)", r.Output, r.Cause)
	}
	delete(got, "SdkResponseMetadata")
	rest, _ := json.Marshal(got)
	const want = `{"ExecutedVersion":"$LATEST","Payload":{},"SdkHttpMetadata":{"AllHttpHeaders":{},"HttpHeaders":{},"HttpStatusCode":200},"StatusCode":200}`
	if string(rest) != want {
		t.Errorf("Run: got %s, want %s", rest, want)
	}
}

// hang waits for the end of its context, as a function that never answers.
func hang(ctx context.Context, _ string, _ json.RawMessage) (json.RawMessage, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestTimeoutOfATask(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		calls := 0
		e := states.Engine{
			Machine: parse(t, one(call+`"End": true, "TimeoutSecondsPath": "$.limit", "Retry": [
				{"ErrorEquals": ["States.TaskFailed"]}, {"ErrorEquals": ["States.Timeout"], "MaxAttempts": 1, "IntervalSeconds": 5}]`)),
			Tasks: functions(func(ctx context.Context, f string, p json.RawMessage) (json.RawMessage, error) {
				calls++
				return hang(ctx, f, p)
			}),
		}
		want(t, e.Run(t.Context(), "r", json.RawMessage(`{"limit":10}`)), states.Failed, "States.Timeout")
		if took := time.Since(begin); took != 25*time.Second || calls != 2 {
			t.Errorf("Run: took %v and %d calls, want 25s and 2", took, calls)
		}
		want(t, e.Run(t.Context(), "r", json.RawMessage(`{"limit":0}`)), states.Failed, "States.Runtime")
	})
}

func TestTimeoutOfTheMachine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		machine := strings.TrimSuffix(mapped(`"MaxConcurrency": 2, "ItemsPath": "$.list", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "S"}],`, call+`"End": true`), "}") +
			`, "TimeoutSeconds": 60}`
		e := states.Engine{Machine: parse(t, machine), Tasks: functions(hang)}
		r := e.Run(t.Context(), "r", json.RawMessage(`{"list":[1,2,3]}`))
		if r.Status != states.TimedOut || r.Error != "States.Timeout" || r.Stopped.Sub(r.Started) != time.Minute || len(r.Open) != 2 {
			t.Errorf("Run: got %+v, want TIMED_OUT after a minute with two children open", r)
		}
	})
}

func TestStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		entered := 0
		e := states.Engine{
			Machine: parse(t, mapped(`"MaxConcurrency": 2, "ItemsPath": "$.list", "ToleratedFailurePercentage": 100.0,
				"Retry": [{"ErrorEquals": ["States.ALL"]}], `,
				`"Type": "Wait", "SecondsPath": "$.wait", "Next": "Do"}, "Do": {`+call+`"End": true,
				"Retry": [{"ErrorEquals": ["States.ALL"]}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]}, "Caught": {"Type": "Succeed"`)),
			Tasks: functions(func(ctx context.Context, _ string, _ json.RawMessage) (json.RawMessage, error) {
				<-ctx.Done()
				return nil, states.FunctionError("Gone", "told to stop")
			}),
			Observe: func(ev states.Event) {
				if ev.Kind == states.StateEntered && ctx.Err() != nil {
					entered++
				}
			},
		}
		time.AfterFunc(time.Minute, stop)
		r := e.Run(ctx, "r", json.RawMessage(`{"list":[{"wait":1},{"wait":3600},{"wait":2}]}`))
		if r.Status != states.Aborted || r.State != "S" || len(r.Output) > 0 || entered > 0 {
			t.Errorf("Run: got %+v and %d states entered afterwards, want ABORTED at S", r, entered)
		}
		open := []states.OpenChild{
			{Index: 0, State: "Do", Data: json.RawMessage(`{"wait":1}`)},
			{Index: 1, State: "I", Data: json.RawMessage(`{"wait":3600}`)},
		}
		if !slices.EqualFunc(r.Open, open, func(a, b states.OpenChild) bool {
			return a.Index == b.Index && a.State == b.State && string(a.Data) == string(b.Data)
		}) {
			t.Errorf("Run: got open children %+v, want %+v", r.Open, open)
		}
	})
}

func TestInputIsRefused(t *testing.T) {
	t.Parallel()
	for _, input := range []string{`{`, `{} {}`} {
		want(t, run(t, one(`"Type": "Succeed"`), input, nil), states.Failed, "InvalidExecutionInput")
	}
}

func TestErrorsAreTold(t *testing.T) {
	t.Parallel()
	err := error(states.FunctionError("Kind", "what \"happened\""))
	var task *states.TaskError
	if !errors.As(err, &task) || err.Error() != `Kind: {"errorMessage":"what \"happened\"","errorType":"Kind"}` {
		t.Errorf("FunctionError: got %v", err)
	}
}
