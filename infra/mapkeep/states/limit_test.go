package states_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

const limit = 256 << 10

// compact is v as Go writes it without escaping HTML.
func compact(t interface{ Fatalf(string, ...any) }, v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatalf("encode: %v", err)
	}
	return bytes.TrimSpace(b.Bytes())
}

// The limit counts the bytes of the JSON, whatever the text: one byte more
// than 256 KiB fails.
func TestPayloadLimitIsExact(t *testing.T) {
	t.Parallel()
	m := parse(t, one(`"Type": "Pass", "End": true`))
	rapid.Check(t, func(t *rapid.T) {
		value := map[string]any{
			rapid.String().Draw(t, "key"): []any{rapid.String().Draw(t, "text"), rapid.Bool().Draw(t, "bool"), nil, rapid.Int().Draw(t, "n")},
			"\u2028\x00<":                 map[string]any{}, "": []any{},
		}
		value["fill"] = ""
		value["fill"] = strings.Repeat("x", limit-len(compact(t, value)))
		e := states.Engine{Machine: m, Clock: newClock()}
		if r := e.Run(t.Context(), "r", compact(t, value)); r.Status != states.Succeeded || len(r.Output) != limit {
			t.Fatalf("Run of %d bytes: got %s %s, %d bytes", limit, r.Status, r.Cause, len(r.Output))
		}
		value["fill"] = value["fill"].(string) + "x"
		if r := e.Run(t.Context(), "r", compact(t, value)); r.Error != "States.DataLimitExceeded" {
			t.Fatalf("Run of %d bytes: got %s %s", limit+1, r.Status, r.Error)
		}
	})
}

func TestPayloadLimitIsEverywhere(t *testing.T) {
	t.Parallel()
	half := fmt.Sprintf(`{"a":"%s"}`, strings.Repeat("x", limit*2/3))
	list := `{"a":[` + strings.Repeat(`"`+strings.Repeat("x", limit/5)+`",`, 3) + `"x"]}`
	tests := []struct{ name, definition, input, text string }{
		{"a Task's payload", one(`"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
			"Parameters": {"FunctionName": "f", "Payload": {"a.$": "$.a", "b.$": "$.a"}}`), half, "'S' returned"},
		{"a state's output", one(`"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
			"Parameters": {"FunctionName": "f", "Payload.$": "$"}, "ResultPath": "$.b"`), half, "'S' returned"},
		{"a Map's output", mapped(`"ItemsPath": "$.a",`, `"Type": "Pass", "End": true, "Parameters": {"a.$": "$", "b.$": "$"}`), list, "outputs of the Map's children"},
		{"what a path finds many times", one(`"Type": "Succeed", "OutputPath": "$..*"`), list, "'S' returned"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, tt.definition, tt.input, echo)
			if r.Error != "States.DataLimitExceeded" || !strings.Contains(r.Cause, tt.text) {
				t.Errorf("Run: got %s %s (%.200s), want States.DataLimitExceeded (%s)", r.Status, r.Error, r.Cause, tt.text)
			}
		})
	}
}

// A poll of Wait, Task and Choice takes nine events, so the 2,778th ends the
// execution.
func TestHistoryLimit(t *testing.T) {
	t.Parallel()
	entered := map[string]int{}
	e := states.Engine{
		Machine: parse(t, `{"StartAt": "Later", "States": {
			"Later": {"Type": "Wait", "Seconds": 1, "Next": "Look"},
			"Look": {`+call+`"ResultPath": null, "Next": "Again", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Later"}]},
			"Again": {"Type": "Choice", "Choices": [{"Variable": "$", "IsNull": true, "Next": "Later"}], "Default": "Later"}}}`),
		Tasks: functions(echo), Clock: newClock(),
		Observe: func(ev states.Event) {
			if ev.Kind == states.StateEntered {
				entered[ev.State]++
			}
		},
	}
	r := e.Run(t.Context(), "r", nil)
	want(t, r, states.Failed, "States.Runtime")
	if !strings.Contains(r.Cause, "25000") || entered["Look"] != 2778 {
		t.Errorf("Run: got %s after %d looks, want the limit of 25000 events in look 2778", r.Cause, entered["Look"])
	}
}
