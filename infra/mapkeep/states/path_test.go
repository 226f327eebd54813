package states_test

import (
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

// making is a Pass that makes x of an expression.
func making(expression string) string {
	expression = strings.ReplaceAll(strings.ReplaceAll(expression, `\`, `\\`), `"`, `\"`)
	return one(`"Type": "Pass", "End": true, "OutputPath": "$.x", "Parameters": {"x.$": "` + expression + `"}`)
}

func TestPaths(t *testing.T) {
	t.Parallel()
	const input = `{"a":{"b":[1,2.50,{"c":"é<"}],"odd.name":true,"x y":null},"d":[{"c":1},{"e":2},{"c":3}],"it's":4}`
	tests := []struct{ path, want string }{
		{"$.a.b[0]", `1`},
		{"$.a.b[1]", `2.50`},
		{"$.a.b[-1].c", `"é<"`},
		{"$['a']['odd.name']", `true`},
		{`$["a"]['x y']`, `null`},
		{`$['it\'s']`, `4`},
		{"$.a.b", `[1,2.50,{"c":"é<"}]`},
		{"$.d[*].c", `[1,3]`},
		{"$.d.*.e", `[2]`},
		{"$.d[0:2]", `[{"c":1},{"e":2}]`},
		{"$.d[-1:]", `[{"c":3}]`},
		{"$.d[:1]", `[{"c":1}]`},
		{"$.d[2:1]", `[]`},
		{"$..c", `["é<",1,3]`},
		{"$..nothing", `[]`},
		{"$$.Execution.Input.d[1]", `{"e":2}`},
		{"$.gone", ""},
		{"$.a.b[3]", ""},
		{"$.a.b.c", ""},
		{"$.a[0]", ""},
		{"$$.Execution.Input.gone", ""},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			t.Parallel()
			r := run(t, making(tt.path), input, nil)
			if tt.want == "" {
				want(t, r, states.Failed, "States.Runtime")
				return
			}
			want(t, r, states.Succeeded, tt.want)
		})
	}
}

func TestProcessingOrder(t *testing.T) {
	t.Parallel()
	const input = `{"in":{"a":1},"keep":true}`
	tests := []struct{ name, fields, status, text string }{
		{"all of them", `"InputPath": "$.in", "Parameters": {"FunctionName": "f", "Payload": {"got.$": "$.a"}},
			"ResultSelector": {"out.$": "$.Payload.got", "code.$": "$.StatusCode"}, "ResultPath": "$.deep.result", "OutputPath": "$.deep"`,
			states.Succeeded, `{"result":{"code":200,"out":1}}`},
		{"the result joins the raw input", `"InputPath": "$.in", "Parameters": {"FunctionName": "f"}, "ResultSelector": {"x": 1}, "ResultPath": "$.r"`,
			states.Succeeded, `{"in":{"a":1},"keep":true,"r":{"x":1}}`},
		{"no result", `"Parameters": {"FunctionName": "f"}, "ResultPath": null`, states.Succeeded, input},
		{"no input", `"InputPath": null, "Parameters": {"FunctionName": "f", "Payload": {"i.$": "$"}}, "ResultSelector": {"x.$": "$.Payload.i"}`,
			states.Succeeded, `{"x":{}}`},
		{"no output", `"Parameters": {"FunctionName": "f"}, "OutputPath": null`, states.Succeeded, `{}`},
		{"result into a number", `"Parameters": {"FunctionName": "f"}, "ResultPath": "$.keep.x"`, states.Failed, "States.ResultPathMatchFailure"},
		{"selector misses", `"Parameters": {"FunctionName": "f"}, "ResultSelector": {"x.$": "$.Payload.gone"}`, states.Failed, "States.Runtime"},
		{"output misses", `"Parameters": {"FunctionName": "f"}, "OutputPath": "$.gone"`, states.Failed, "States.Runtime"},
		{"function is no text", `"Parameters": {"FunctionName.$": "$.keep"}`, states.Failed, "States.Runtime"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			definition := one(`"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true, ` + tt.fields)
			want(t, run(t, definition, input, echo), tt.status, tt.text)
		})
	}
}

func TestMissingPathCannotBeCaught(t *testing.T) {
	t.Parallel()
	r := run(t, two(`"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload": {"x.$": "$.gone"}},
		"Next": "T", "Retry": [{"ErrorEquals": ["States.ALL"]}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "T"}]`), `{"a":1}`, echo)
	want(t, r, states.Failed, "States.Runtime")
	const cause = `An error occurred while executing the state 'S' (entered at the event id #2). The JSONPath '$.gone' specified for the field 'x.$' could not be found in the input '{"a":1}'`
	if r.Cause != cause || r.State != "S" || string(r.Data) != `{"a":1}` {
		t.Errorf("Run: got cause %s at %s with %s, want %s at S", r.Cause, r.State, r.Data, cause)
	}
}

func TestContextObject(t *testing.T) {
	t.Parallel()
	c := newClock()
	e := states.Engine{Clock: c, Name: "Backup", Machine: parse(t, `{"StartAt": "W", "States": {
		"W": {"Type": "Wait", "Seconds": 90, "Next": "S"},
		"S": {"Type": "Pass", "End": true, "Parameters": {"e.$": "$$.Execution", "m.$": "$$.StateMachine", "n.$": "$$.State.Name", "t.$": "$$.State.EnteredTime"}}}}`)}
	want(t, e.Run(t.Context(), "nightly", []byte(`{"a":1.0}`)), states.Succeeded,
		`{"e":{"Id":"arn:aws:states:local:000000000000:execution:Backup:nightly","Input":{"a":1.0},"Name":"nightly","RedriveCount":0,`+
			`"RoleArn":"arn:aws:iam::000000000000:role/local","StartTime":"2026-11-23T18:00:00.000Z"},`+
			`"m":{"Id":"arn:aws:states:local:000000000000:stateMachine:Backup","Name":"Backup"},"n":"S","t":"2026-11-23T18:01:30.000Z"}`)
}
