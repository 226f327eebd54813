package states_test

import (
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

// two is a machine of state S with these fields and a Succeed named T.
func two(fields string) string {
	return `{"StartAt": "S", "States": {"S": {` + fields + `}, "T": {"Type": "Succeed"}}}`
}

// retrying is a Task with one retrier of these fields.
func retrying(fields string) string {
	return one(call + `"End": true, "Retry": [{"ErrorEquals": ["A"], ` + fields + `}]`)
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	inner := `"Type": "Succeed"`
	passing := func(key, value string) string {
		return one(`"Type": "Pass", "End": true, "Parameters": {"` + key + `": "` + value + `"}`)
	}
	rule := func(text string) string {
		return two(`"Type": "Choice", "Default": "T", "Choices": [{` + text + `}]`)
	}
	tests := []struct{ name, definition, want string }{
		{"no JSON", "{\n \"StartAt\": }", "line 2, column"},
		{"something after", `{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}} x`, "follows the definition"},
		{"no object", `[]`, "must be an object"},
		{"duplicate key", one(`"Type": "Succeed", "Comment": "a", "Comment": "b"`), `States.S: the key "Comment" is there twice`},
		{"unknown field of the machine", `{"StartAt": "S", "Stats": {}, "States": {"S": {"Type": "Succeed"}}}`, `machine: unknown field "Stats"`},
		{"another language", `{"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": {"Type": "Succeed"}}}`, `unknown field "QueryLanguage"`},
		{"version", `{"Version": "2.0", "StartAt": "S", "States": {"S": {"Type": "Succeed"}}}`, `Version "2.0"`},
		{"unknown field of a state", one(`"Type": "Succeed", "Assign": {}`), `state S: unknown field "Assign"`},
		{"unknown type", one(`"Type": "Parallel", "End": true`), `state S: unknown type "Parallel"`},
		{"no type", one(`"End": true`), `state S: Type is missing`},
		{"no states", `{"StartAt": "S", "States": {}}`, "at least one state"},
		{"start nowhere", `{"StartAt": "X", "States": {"S": {"Type": "Succeed"}}}`, `machine: StartAt: there is no state "X"`},
		{"no start", `{"States": {"S": {"Type": "Succeed"}}}`, `StartAt is missing`},
		{"next nowhere", one(`"Type": "Pass", "Next": "X"`), `state S: Next: there is no state "X" here`},
		{"catch nowhere", one(call + `"End": true, "Catch": [{"ErrorEquals": ["A"], "Next": "X"}]`), `state S: Catch[0]: Next: there is no state "X"`},
		{"default nowhere", two(`"Type": "Choice", "Default": "X", "Choices": [{"Variable": "$", "IsNull": true, "Next": "T"}]`), `state S: Default: there is no state "X"`},
		{"choice nowhere", rule(`"Variable": "$", "IsNull": true, "Next": "X"`), `state S: Choices[0]: Next: there is no state "X"`},
		{"unreachable", two(`"Type": "Succeed"`), `state T: no state leads here`},
		{"out of the Map", mapped("", `"Type": "Pass", "Next": "S"`), `state I: Next: there is no state "S" here`},
		{"neither Next nor End", one(`"Type": "Pass"`), `state S: neither Next nor End`},
		{"End false", one(`"Type": "Pass", "End": false`), `state S: neither Next nor End`},
		{"Next and End", two(`"Type": "Pass", "End": true, "Next": "T"`), `state S: Next and End`},
		{"Next on Succeed", two(`"Type": "Succeed", "Next": "T"`), `unknown field "Next"`},
		{"one name twice", `{"StartAt": "S", "States": {"S": {"Type": "Map", "End": true, "ItemProcessor": {"ProcessorConfig":
			{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "S", "States": {"S": {"Type": "Succeed"}}}}}}`, "state S: two states have this name"},
		{"States.ALL not alone", one(call + `"End": true, "Retry": [{"ErrorEquals": ["States.ALL", "A"]}]`), `Retry[0]: States.ALL must stand alone and last`},
		{"States.ALL not last", two(call + `"End": true, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "T"}, {"ErrorEquals": ["A"], "Next": "T"}]`),
			`Catch[0]: States.ALL must stand alone and last`},
		{"unknown States. name", one(call + `"End": true, "Retry": [{"ErrorEquals": ["States.Oops"]}]`), `unknown error name "States.Oops"`},
		{"no names", one(call + `"End": true, "Retry": [{}]`), `Retry[0]: ErrorEquals is missing`},
		{"rate below 1", retrying(`"BackoffRate": 0.5`), `BackoffRate must be a number from 1`},
		{"jitter", retrying(`"JitterStrategy": "SOME"`), `JitterStrategy "SOME"`},
		{"longest delay", retrying(`"IntervalSeconds": 5, "MaxDelaySeconds": 5`), `MaxDelaySeconds must be above IntervalSeconds`},
		{"no interval", retrying(`"IntervalSeconds": 0`), `IntervalSeconds must be a whole number from 1`},
		{"half an attempt", retrying(`"MaxAttempts": 1.5`), `MaxAttempts must be a whole number`},
		{"another resource", one(`"Type": "Task", "End": true, "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"FunctionName": "f"}`), `only arn:aws:states:::lambda:invoke`},
		{"no function", one(`"Type": "Task", "End": true, "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"Payload": 1, "Qualifier": "1"}`), `FunctionName is missing`},
		{"unknown parameter", one(`"Type": "Task", "End": true, "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Qualifier": "1"}`), `unknown field "Qualifier"`},
		{"two waits", one(`"Type": "Wait", "End": true, "Seconds": 1, "SecondsPath": "$.x"`), `got 2`},
		{"no wait", one(`"Type": "Wait", "End": true`), `got 0`},
		{"a wait of a fraction", one(`"Type": "Wait", "End": true, "Seconds": 1.5`), `Seconds must be a whole number from 0 to 99999999`},
		{"a wait for no time", one(`"Type": "Wait", "End": true, "Timestamp": "soon"`), `"soon" is no time`},
		{"timeout twice", one(call + `"End": true, "TimeoutSeconds": 1, "TimeoutSecondsPath": "$.x"`), `TimeoutSeconds and TimeoutSecondsPath`},
		{"error twice", one(`"Type": "Fail", "Error": "A", "ErrorPath": "$.x"`), `Error and ErrorPath`},
		{"concurrency twice", mapped(`"MaxConcurrency": 1, "MaxConcurrencyPath": "$.x",`, inner), `MaxConcurrency and MaxConcurrencyPath`},
		{"percentage above 100", mapped(`"ToleratedFailurePercentage": 101,`, inner), `from 0 to 100`},
		{"label", strings.Replace(mapped("", inner), `"Items"`, `"a b"`, 1), `Label "a b"`},
		{"inline map", strings.Replace(mapped("", inner), "DISTRIBUTED", "INLINE", 1), `only DISTRIBUTED`},
		{"express", strings.Replace(mapped("", inner), "STANDARD", "EXPRESS", 1), `only STANDARD`},
		{"batches", mapped(`"ItemBatcher": {},`, inner), `unknown field "ItemBatcher"`},
		{"CSV", mapped(strings.Replace(reader, "JSON", "CSV", 1), inner), `InputType "CSV": only JSON`},
		{"reader and path", mapped(reader+`"ItemsPath": "$.x",`, inner), `ItemReader and ItemsPath`},
		{"writer without bucket", mapped(`"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Prefix": "p"}},`, inner), `Bucket is missing`},
		{"key made and fixed", one(`"Type": "Pass", "End": true, "Parameters": {"a": 1, "a.$": "$"}`), `"a" and "a.$"`},
		{"no path", passing("a.$", "x"), `"x" is neither a path nor an intrinsic function`},
		{"broken path", passing("a.$", "$.a["), `no ] closes`},
		{"path with a blank", passing("a.$", "$.a b"), `is left over`},
		{"path without a name", passing("a.$", "$."), `no name follows a dot`},
		{"open quote", passing("a.$", "$['a"), `no quote closes`},
		{"filter", passing("a.$", "$.a[?(@.b)]"), `filters are not in our subset`},
		{"union", passing("a.$", "$.a[0,1]"), `unions are not in our subset`},
		{"broken InputPath", one(`"Type": "Pass", "End": true, "InputPath": "x"`), `InputPath: path "x" does not begin with $`},
		{"index in ResultPath", one(`"Type": "Pass", "End": true, "ResultPath": "$.a[0]"`), `a ResultPath holds names only`},
		{"ResultPath into the context", one(`"Type": "Pass", "End": true, "ResultPath": "$$.a"`), `context object`},
		{"unknown function", passing("a.$", "States.Reverse($)"), `unknown intrinsic function "States.Reverse"`},
		{"function without end", passing("a.$", "States.Array(1"), `no ) closes`},
		{"too few arguments", passing("a.$", "States.ArrayLength()"), `takes 1 arguments, got 0`},
		{"words", passing("a.$", "States.Array(yes)"), `is no text in quotes`},
		{"left over", passing("a.$", "States.UUID() x"), `is left over`},
		{"blanks of Format", passing("a.$", "States.Format('{} {}', $.a)"), `2 {} for 1 arguments`},
		{"nested too deep", passing("a.$", strings.Repeat("States.Array(", 11)+strings.Repeat(")", 11)), `more than 10 deep`},
		{"unknown context", passing("a.$", "$$.Execution.Nope"), `no Execution.Nope`},
		{"whole context", passing("a.$", "$$"), `name a field`},
		{"item outside", passing("a.$", "$$.Map.Item.Value"), `$$.Map can be read in an ItemSelector only`},
		{"item's key", mapped(`"ItemSelector": {"k.$": "$$.Map.Item.Key"},`, inner), `an item has Index and Value`},
		{"item in a function", passing("a.$", "States.Array($$.Map.Item.Index)"), `$$.Map can be read in an ItemSelector only`},
		{"RetryCount in a Pass", passing("a.$", "$$.State.RetryCount"), `RetryCount can be read in a Task's Parameters only`},
		{"RetryCount by quotes", passing("a.$", "$$['State']['RetryCount']"), `RetryCount can be read in a Task's Parameters only`},
		{"rule without operator", rule(`"Variable": "$", "Next": "T"`), `Choices[0]: a rule needs an operator`},
		{"rule with two", rule(`"Variable": "$", "IsNull": true, "IsString": true, "Next": "T"`), `a rule has one operator`},
		{"rule without variable", rule(`"IsNull": true, "Next": "T"`), `Variable is missing`},
		{"rule without Next", rule(`"Variable": "$", "IsNull": true`), `Next is missing`},
		{"Next in a nested rule", rule(`"Not": {"Variable": "$", "IsNull": true, "Next": "T"}, "Next": "T"`), `Choices[0].Not: unknown field "Next"`},
		{"operator with another type", rule(`"Variable": "$", "NumericEquals": "1", "Next": "T"`), `NumericEquals can't take "1"`},
		{"unknown operator", rule(`"Variable": "$", "StringStartsWith": "1", "Next": "T"`), `unknown field "StringStartsWith"`},
		{"broken path in a rule", rule(`"Variable": "x", "IsNull": true, "Next": "T"`), `Variable: path "x"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := states.Parse([]byte(tt.definition), nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Parse(%s):\ngot %v\nwant an error with %s", tt.definition, err, tt.want)
			}
		})
	}
}

func TestParseTellsAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	_, err := states.Parse([]byte(`{"StartAt": "S", "Comment": "${Gone}", "States": {
		"S": {"Type": "Pass", "Next": "X", "Oops": 1},
		"T": {"Type": "Wait", "Seconds": ${Seconds}, "End": true}}}`), map[string]string{"Seconds": "-1", "Unused": "1"})
	const want = "${Gone} has no value\n" +
		"the value of ${Unused} is not used\n" +
		"state S: unknown field \"Oops\"\n" +
		"state T: Seconds must be a whole number from 0 to 99999999, got -1\n" +
		"state S: Next: there is no state \"X\" here\n" +
		"state T: no state leads here"
	if err == nil || err.Error() != want {
		t.Errorf("Parse:\ngot  %v\nwant %s", err, want)
	}
}

func TestParseFillsInValuesAsText(t *testing.T) {
	t.Parallel()
	m, err := states.Parse([]byte(one(`"Type": "Pass", "End": true, "Result": {"n": ${N}, "t": "${T}/${T}"}`)),
		map[string]string{"N": "7", "T": "x"})
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	e := states.Engine{Machine: m, Clock: newClock()}
	want(t, e.Run(t.Context(), "r", nil), states.Succeeded, `{"n":7,"t":"x/x"}`)
}
