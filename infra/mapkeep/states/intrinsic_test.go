package states_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

func TestIntrinsics(t *testing.T) {
	t.Parallel()
	const input = `{"list":[1,2,2.0,"a","a",null],"o":{"a":1,"b":{"c":2}},"p":{"b":3},"s":"a,b;;c","text":"{\"n\": 1.50}","n":7}`
	const failing = ""
	tests := []struct{ call, want string }{
		{"States.Format('{} is {} and \\{\\} it\\'s', $.s, $.n)", `"a,b;;c is 7 and {} it's"`},
		{"States.Format('{}{}', $.o, null)", `"{a=1, b={c=2}}null"`},
		{"States.Format($.s)", `"a,b;;c"`},
		{"States.Format($.n)", failing},
		{"States.Array()", `[]`},
		{"States.Array($.n, 'x', true, 1.50, States.Array(null))", `[7,"x",true,1.50,[null]]`},
		{"States.ArrayLength($.list)", `6`},
		{"States.ArrayLength($.n)", failing},
		{"States.ArrayGetItem($.list, 3)", `"a"`},
		{"States.ArrayGetItem($.list, 6)", failing},
		{"States.ArrayGetItem($.list, -1)", failing},
		{"States.ArrayContains($.list, 2.00)", `true`},
		{"States.ArrayContains($.list, 'b')", `false`},
		{"States.ArrayContains(States.Array($.o), $.o)", `true`},
		{"States.ArrayPartition($.list, 4)", `[[1,2,2.0,"a"],["a",null]]`},
		{"States.ArrayPartition($.list, 0)", failing},
		{"States.ArrayRange(1, 9, 2)", `[1,3,5,7,9]`},
		{"States.ArrayRange(3, 1, -1)", `[3,2,1]`},
		{"States.ArrayRange(1, 9, 0)", failing},
		{"States.ArrayRange(1, 1001, 1)", failing},
		{"States.ArrayUnique($.list)", `[1,2,2.0,"a",null]`},
		{"States.JsonMerge($.o, $.p, false)", `{"a":1,"b":3}`},
		{"States.JsonMerge($.o, $.p, true)", failing},
		{"States.StringToJson($.text)", `{"n":1.50}`},
		{"States.StringToJson($.s)", failing},
		{"States.JsonToString($.o)", `"{\"a\":1,\"b\":{\"c\":2}}"`},
		{"States.Base64Encode('héllo')", `"aMOpbGxv"`},
		{"States.Base64Decode('aMOpbGxv')", `"héllo"`},
		{"States.Base64Decode('!')", failing},
		{"States.Hash('abc', 'MD5')", `"900150983cd24fb0d6963f7d28e17f72"`},
		{"States.Hash('abc', 'SHA-1')", `"a9993e364706816aba3e25717850c26c9cd0d89d"`},
		{"States.Hash('abc', 'SHA-256')", `"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"`},
		{"States.Hash('abc', 'CRC')", failing},
		{"States.MathAdd($.n, -10)", `-3`},
		{"States.MathAdd(1.49, 1.5)", `3`},
		{"States.MathAdd(-1.49, -1.5)", `-2`},
		{"States.MathAdd(2147483647, 1)", failing},
		{"States.MathAdd('1', 1)", failing},
		{"States.StringSplit($.s, ',;')", `["a","b","c"]`},
		{"States.MathRandom(5, 6)", `5`},
		{"States.MathRandom(6, 5)", failing},
		{"States.ArrayContains(States.Array(States.MathRandom(1, 9, 42)), States.MathRandom(1, 9, 42))", `true`},
		{"States.Array( 'a' , $['list'][0] )", `["a",1]`},
		{"States.Array($.gone)", failing},
	}
	for _, tt := range tests {
		t.Run(tt.call, func(t *testing.T) {
			t.Parallel()
			r := run(t, making(tt.call), input, nil)
			if tt.want == failing {
				want(t, r, states.Failed, "States.Runtime")
				return
			}
			want(t, r, states.Succeeded, tt.want)
		})
	}
}

func TestUUID(t *testing.T) {
	t.Parallel()
	first := run(t, making("States.UUID()"), "", nil)
	second := run(t, making("States.UUID()"), "", nil)
	form := regexp.MustCompile(`^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$`)
	if !form.Match(first.Output) || string(first.Output) == string(second.Output) {
		t.Errorf("States.UUID(): got %s and %s, want two different version 4 UUIDs", first.Output, second.Output)
	}
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	definition := one(`"Type": "Pass", "End": true, "Parameters": {"fixed": {"a": [1, {"b": "$.n"}]}, "made": [{"n.$": "$.n"}, 2], "deep": {"er": {"n.$": "$.n"}}}`)
	want(t, run(t, definition, `{"n":1e3}`, nil), states.Succeeded,
		`{"deep":{"er":{"n":1e3}},"fixed":{"a":[1,{"b":"$.n"}]},"made":[{"n":1e3},2]}`)
}

func TestFail(t *testing.T) {
	t.Parallel()
	const input = `{"name":"Boom","n":3}`
	tests := []struct{ fields, err, cause string }{
		{`"Error": "A", "Cause": "b"`, "A", "b"},
		{`"Comment": "neither"`, "", ""},
		{`"ErrorPath": "$.name", "CausePath": "States.Format('{} of {}', $.n, $$.State.Name)"`, "Boom", "3 of S"},
		{`"ErrorPath": "$.gone"`, "States.Runtime", "could not be found"},
		{`"Error": "A", "CausePath": "$.n"`, "States.Runtime", "must be texts, got 3"},
	}
	for _, tt := range tests {
		t.Run(tt.fields, func(t *testing.T) {
			t.Parallel()
			r := run(t, one(`"Type": "Fail", `+tt.fields), input, nil)
			if r.Status != states.Failed || r.Error != tt.err || !strings.Contains(r.Cause, tt.cause) {
				t.Errorf("Run: got %s %s (%s), want %s (%s)", r.Status, r.Error, r.Cause, tt.err, tt.cause)
			}
		})
	}
}
