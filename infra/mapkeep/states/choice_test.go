package states_test

import (
	"testing"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

func TestChoice(t *testing.T) {
	t.Parallel()
	const input = `{"s":"abc","t":"abd","n":10,"m":9.5,"big":9007199254740993,"yes":true,"no":false,"nil":null,"star":"a*c",
		"at":"2026-11-23T18:00:00Z","later":"2026-11-23T20:00:00.5+01:00","list":[1]}`
	tests := []struct {
		rule string
		want bool
	}{
		{`"Variable": "$.s", "StringEquals": "abc"`, true},
		{`"Variable": "$.s", "StringEquals": "ABC"`, false},
		{`"Variable": "$.n", "StringEquals": "10"`, false},
		{`"Variable": "$.s", "StringEqualsPath": "$.s"`, true},
		{`"Variable": "$.s", "StringLessThan": "abd"`, true},
		{`"Variable": "$.s", "StringLessThanPath": "$.t"`, true},
		{`"Variable": "$.s", "StringGreaterThan": "abc"`, false},
		{`"Variable": "$.s", "StringGreaterThanEquals": "abc"`, true},
		{`"Variable": "$.s", "StringLessThanEqualsPath": "$.n"`, false},
		{`"Variable": "$.s", "StringMatches": "a*"`, true},
		{`"Variable": "$.s", "StringMatches": "*b*"`, true},
		{`"Variable": "$.s", "StringMatches": "*"`, true},
		{`"Variable": "$.s", "StringMatches": "*bc*c"`, false},
		{`"Variable": "$.s", "StringMatches": "abc"`, true},
		{`"Variable": "$.s", "StringMatches": "a\\*c"`, false},
		{`"Variable": "$.star", "StringMatches": "a\\*c"`, true},
		{`"Variable": "$.n", "StringMatches": "*"`, false},
		{`"Variable": "$.n", "NumericEquals": 10.0`, true},
		{`"Variable": "$.n", "NumericLessThan": 9.5`, false},
		{`"Variable": "$.n", "NumericGreaterThanPath": "$.m"`, true},
		{`"Variable": "$.n", "NumericGreaterThanEquals": 10`, true},
		{`"Variable": "$.n", "NumericLessThanEquals": 1e1`, true},
		{`"Variable": "$.big", "NumericEquals": 9007199254740992`, false},
		{`"Variable": "$.s", "NumericEquals": 0`, false},
		{`"Variable": "$.yes", "BooleanEquals": true`, true},
		{`"Variable": "$.no", "BooleanEqualsPath": "$.yes"`, false},
		{`"Variable": "$.nil", "BooleanEquals": false`, false},
		{`"Variable": "$.at", "TimestampEquals": "2026-11-23T19:00:00+01:00"`, true},
		{`"Variable": "$.at", "TimestampLessThanPath": "$.later"`, true},
		{`"Variable": "$.later", "TimestampGreaterThanEquals": "2026-11-23T19:00:00.500Z"`, true},
		{`"Variable": "$.s", "TimestampEquals": "2026-11-23T19:00:00Z"`, false},
		{`"Variable": "$.at", "IsTimestamp": true`, true},
		{`"Variable": "$.s", "IsTimestamp": true`, false},
		{`"Variable": "$.s", "IsString": true`, true},
		{`"Variable": "$.n", "IsString": false`, true},
		{`"Variable": "$.n", "IsNumeric": true`, true},
		{`"Variable": "$.no", "IsBoolean": true`, true},
		{`"Variable": "$.nil", "IsNull": true`, true},
		{`"Variable": "$.s", "IsNull": false`, true},
		{`"Variable": "$.gone", "IsPresent": false`, true},
		{`"Variable": "$.nil", "IsPresent": true`, true},
		{`"Variable": "$$.Execution.Name", "StringEquals": "r"`, true},
		{`"Not": {"Variable": "$.n", "NumericEquals": 10}`, false},
		{`"And": [{"Variable": "$.gone", "IsPresent": true}, {"Variable": "$.gone", "StringEquals": "x"}]`, false},
		{`"Or": [{"Variable": "$.s", "IsString": true}, {"Variable": "$.gone", "StringEquals": "x"}]`, true},
		{`"Or": [{"Not": {"Variable": "$.s", "IsString": true}}, {"And": [{"Variable": "$.n", "IsNumeric": true}]}]`, true},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			r := run(t, `{"StartAt": "S", "States": {"S": {"Type": "Choice", "Default": "No", "Choices": [{`+tt.rule+`, "Next": "Yes"}]},
				"Yes": {"Type": "Pass", "Result": true, "End": true}, "No": {"Type": "Pass", "Result": false, "End": true}}}`, input, nil)
			text := "false"
			if tt.want {
				text = "true"
			}
			want(t, r, states.Succeeded, text)
		})
	}
}

func TestChoiceFails(t *testing.T) {
	t.Parallel()
	rule := func(text string) string {
		return two(`"Type": "Choice", "Choices": [{` + text + `, "Next": "T"}]`)
	}
	for _, text := range []string{
		`"Variable": "$.gone", "StringEquals": "x"`,
		`"Variable": "$.gone", "IsNull": true`,
		`"Variable": "$.s", "StringEqualsPath": "$.gone"`,
	} {
		want(t, run(t, rule(text), `{"s":"x"}`, nil), states.Failed, "States.Runtime")
	}
	want(t, run(t, rule(`"Variable": "$.s", "StringEquals": "y"`), `{"s":"x"}`, nil), states.Failed, "States.NoChoiceMatched")
}
