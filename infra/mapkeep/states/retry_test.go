package states_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

const call = `"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
	"Parameters": {"FunctionName": "f", "Payload": {"in.$": "$", "repeat.$": "$$.State.RetryCount"}},
	"ResultSelector": {"out.$": "$.Payload"}, `

// failing fails with these names, one after the other, then echoes.
func failing(names ...string) functions {
	return func(_ context.Context, _ string, payload json.RawMessage) (json.RawMessage, error) {
		if len(names) == 0 {
			return payload, nil
		}
		name := names[0]
		names = names[1:]
		if name == "plain" {
			return nil, fmt.Errorf("boom")
		}
		return nil, states.FunctionError(name, "text of "+name)
	}
}

func TestRetryCountsEachRetrierAndTheirSum(t *testing.T) {
	t.Parallel()
	definition := one(call + `"End": true, "Retry": [
		{"ErrorEquals": ["Final"], "MaxAttempts": 0},
		{"ErrorEquals": ["A", "B"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 2.0, "MaxDelaySeconds": 5},
		{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1.5}],
		"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Caught"}]`)
	definition = strings.TrimSuffix(definition, "}}") + `, "Caught": {"Type": "Succeed"}}}`
	tests := []struct {
		name   string
		errors []string
		slept  []float64 // seconds
		output string
	}{
		{"none", nil, nil, `{"out":{"in":{"x":1},"repeat":0}}`},
		{"delays grow to the bound", []string{"A", "B", "A"}, []float64{2, 4, 5}, `{"out":{"in":{"x":1},"repeat":3}}`},
		{"each counts for itself", []string{"A", "Other", "A", "Other"}, []float64{2, 1, 4, 1.5}, `{"out":{"in":{"x":1},"repeat":4}}`},
		{"used up does not fall through", []string{"A", "A", "A", "A"}, []float64{2, 4, 5}, caught("A")},
		{"zero attempts", []string{"Final"}, nil, caught("Final")},
		{"any error", []string{"plain"}, []float64{1}, `{"out":{"in":{"x":1},"repeat":1}}`},
		{"the last decides", []string{"A", "Final"}, []float64{2}, caught("Final")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newClock()
			e := states.Engine{Machine: parse(t, definition), Name: "m", Clock: c, Tasks: failing(tt.errors...)}
			r := e.Run(t.Context(), "r", json.RawMessage(`{"x":1}`))
			want(t, r, states.Succeeded, tt.output)
			slept := []float64(nil)
			for _, d := range c.slept {
				slept = append(slept, d.Seconds())
			}
			if !slices.Equal(slept, tt.slept) {
				t.Errorf("slept: got %v, want %v", slept, tt.slept)
			}
		})
	}
}

// caught is the output of Catch with ResultPath $.error on the input {"x":1}.
func caught(name string) string {
	cause, _ := json.Marshal(fmt.Sprintf(`{"errorMessage":"text of %s","errorType":"%s"}`, name, name))
	return fmt.Sprintf(`{"error":{"Cause":%s,"Error":"%s"},"x":1}`, cause, name)
}

func TestRetryJitterIsUniform(t *testing.T) {
	t.Parallel()
	draws := []float64{0, 0.5, 0.999}
	c := newClock()
	e := states.Engine{
		Machine: parse(t, one(call+`"End": true, "Retry": [{"ErrorEquals": ["A"], "IntervalSeconds": 10, "BackoffRate": 1, "JitterStrategy": "FULL"}]`)),
		Clock:   c, Tasks: failing("A", "A", "A"),
		Random: func() float64 {
			d := draws[0]
			draws = draws[1:]
			return d
		},
	}
	want(t, e.Run(t.Context(), "r", nil), states.Succeeded, `{"out":{"in":{},"repeat":3}}`)
	if got, want := c.slept, []time.Duration{0, 5 * time.Second, 9990 * time.Millisecond}; !slices.Equal(got, want) {
		t.Errorf("slept: got %v, want %v", got, want)
	}
}

func TestCatch(t *testing.T) {
	t.Parallel()
	machine := func(names, more string) string {
		return `{"StartAt": "S", "States": {"S": {` + call + `"End": true,
			"Catch": [{"ErrorEquals": [` + names + `], ` + more + ` "Next": "C"}]}, "C": {"Type": "Succeed"}}}`
	}
	all := `"States.ALL"`
	plain := `{"Cause":"boom","Error":"Lambda.Unknown"}`
	tests := []struct {
		name, definition, err, status, text string
	}{
		{"replaces the input", machine(all, ""), "plain", states.Succeeded, plain},
		{"keeps the input", machine(all, `"ResultPath": null,`), "plain", states.Succeeded, `{"x":1}`},
		{"deep", machine(all, `"ResultPath": "$.a.b",`), "plain", states.Succeeded, `{"a":{"b":` + plain + `},"x":1}`},
		{"another name", machine(`"A"`, ""), "B", states.Failed, "B"},
		{"TaskFailed takes any name", machine(`"States.TaskFailed"`, `"ResultPath": null,`), "B", states.Succeeded, `{"x":1}`},
		{"TaskFailed leaves Timeout", machine(`"States.TaskFailed"`, ""), "States.Timeout", states.Failed, "States.Timeout"},
		{"ALL takes Timeout", machine(all, `"ResultPath": null,`), "States.Timeout", states.Succeeded, `{"x":1}`},
		{"ALL leaves Runtime", machine(all, ""), "States.Runtime", states.Failed, "States.Runtime"},
		{"nothing takes Runtime", machine(`"States.Runtime"`, ""), "States.Runtime", states.Failed, "States.Runtime"},
		{"ALL leaves DataLimitExceeded", machine(all, ""), "States.DataLimitExceeded", states.Failed, "States.DataLimitExceeded"},
		{"DataLimitExceeded by name", machine(`"States.DataLimitExceeded"`, `"ResultPath": null,`), "States.DataLimitExceeded", states.Succeeded, `{"x":1}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, run(t, tt.definition, `{"x":1}`, failing(tt.err)), tt.status, tt.text)
		})
	}
}

func TestErrorAndCauseAreCut(t *testing.T) {
	t.Parallel()
	r := run(t, one(call+`"End": true`), `{}`, func(context.Context, string, json.RawMessage) (json.RawMessage, error) {
		return nil, &states.TaskError{Name: strings.Repeat("é", 300), Cause: strings.Repeat("é", 40_000)}
	})
	if got := [2]int{len(r.Error), len(r.Cause)}; got != [2]int{512, 65536} {
		t.Errorf("bytes of Error and Cause: got %v, want 512 and 65536", got)
	}
}
