package states_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

// FuzzParse: any text is parsed or refused, and what is parsed runs to an end
// unless it is a circle, which the history's length ends.
func FuzzParse(f *testing.F) {
	for _, definition := range []string{looping, making("States.Format('{}', $.a)"), mapped(reader+writer, failed), one(`"Type": "Wait", "Seconds": 1, "Next": "S"`)} {
		f.Add(definition)
	}
	f.Fuzz(func(t *testing.T, definition string) {
		m, err := states.Parse([]byte(definition), nil)
		if err != nil {
			return
		}
		e := states.Engine{Machine: m, Name: "m", Clock: newClock(), Tasks: functions(echo), Objects: &bucket{}}
		if r := e.Run(t.Context(), "r", json.RawMessage(`{"a":1,"list":[1]}`)); r.Status != states.Succeeded && r.Status != states.Failed {
			t.Errorf("Run: got %s (%s)", r.Status, r.Cause)
		}
	})
}

// FuzzExpression: an expression that is parsed makes JSON or fails by a name
// of the language.
func FuzzExpression(f *testing.F) {
	for _, text := range []string{"$.a.b[0]", "$..b", "$['a'][1:-1]", "States.Format('\\{{}', $.a)", "States.ArrayGetItem(States.Array(1, 'x'), 1)",
		"States.MathRandom(1, 9, 7)", "$$.Execution.Input.a", "States.JsonMerge($, $.a, false)", "States.StringToJson('[1]')"} {
		f.Add(text, `{"a":{"b":[1,"x"]}}`)
	}
	f.Fuzz(func(t *testing.T, text, input string) {
		quoted, _ := json.Marshal(text)
		m, err := states.Parse([]byte(one(`"Type": "Pass", "End": true, "Parameters": {"x.$": `+string(quoted)+`}`)), nil)
		if err != nil {
			return
		}
		e := states.Engine{Machine: m, Clock: newClock()}
		r := e.Run(t.Context(), "r", json.RawMessage(input))
		switch {
		case r.Status == states.Succeeded && json.Valid(r.Output):
		case r.Status == states.Failed && (strings.HasPrefix(r.Error, "States.") || r.Error == "InvalidExecutionInput"):
		default:
			t.Errorf("%s on %s: got %s %s %s", text, input, r.Status, r.Error, r.Output)
		}
	})
}

// A path of names and indexes finds what was put there, whatever the names.
func TestPathsFindWhatIsThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value, text := any(json.Number("12.50")), ""
		for range rapid.IntRange(0, 6).Draw(t, "depth") {
			if rapid.Bool().Draw(t, "list") {
				value, text = []any{nil, value}, "[1]"+text
				continue
			}
			name := rapid.String().Draw(t, "name")
			value = map[string]any{name: value, name + "x": nil}
			text = `['` + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(name) + `']` + text
		}
		quoted, _ := json.Marshal("$" + text)
		unfilled := strings.ReplaceAll(string(quoted), "${", `\u0024{`) // or it would be a substitution
		m, err := states.Parse([]byte(one(`"Type": "Pass", "End": true, "OutputPath": `+unfilled)), nil)
		if err != nil {
			t.Fatalf("Parse of $%s: %v", text, err)
		}
		e := states.Engine{Machine: m, Clock: newClock()}
		if r := e.Run(t.Context(), "r", compact(t, value)); string(r.Output) != "12.50" {
			t.Fatalf("$%s in %s: got %s %s (%s)", text, compact(t, value), r.Status, r.Output, r.Cause)
		}
	})
}

// A ResultPath puts a result where the same path finds it, and leaves the
// rest as it was.
func TestResultPathIsFoundAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		path := "$." + strings.Join(rapid.SliceOfN(rapid.StringMatching(`[a-c]`), 1, 4).Draw(t, "names"), ".")
		m, err := states.Parse([]byte(`{"StartAt": "S", "States": {"S": {"Type": "Pass", "Result": [7], "ResultPath": "`+path+`", "Next": "T"},
			"T": {"Type": "Pass", "End": true, "Parameters": {"found.$": "`+path+`", "kept.$": "$.kept", "before.$": "$$.Execution.Input"}}}}`), nil)
		if err != nil {
			t.Fatalf("Parse: %v", err)
		}
		input := rapid.SampledFrom([]string{`{"kept":1}`, `{"a":{"b":{}},"kept":1}`, `{"a":{"a":{"a":{"a":{"b":1}}}},"kept":1}`}).Draw(t, "input")
		e := states.Engine{Machine: m, Clock: newClock()}
		r := e.Run(t.Context(), "r", json.RawMessage(input))
		if string(r.Output) != `{"before":`+input+`,"found":[7],"kept":1}` {
			t.Fatalf("%s into %s: got %s %s (%s)", path, input, r.Status, r.Output, r.Cause)
		}
	})
}
