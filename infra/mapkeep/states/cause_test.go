package states_test

import (
	"testing"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

// The causes are those that AWS gives, seen in histories of real executions.
func TestCausesReadAsOnAWS(t *testing.T) {
	t.Parallel()
	const before = "An error occurred while executing the state 'S' (entered at the event id #2). "
	const missing = " could not be found in the input '{\"other\":1}'"
	parameters := func(text string) string {
		return one(`"Type": "Pass", "End": true, "Parameters": {"v.$": "` + text + `"}`)
	}
	tests := []struct{ name, definition, cause string }{
		{"a path", parameters("$.nope"), "The JSONPath '$.nope' specified for the field 'v.$'" + missing},
		{"InputPath", one(`"Type": "Succeed", "InputPath": "$.nope"`), "Invalid path '$.nope' : No results for path: $['nope']"},
		{"an argument", parameters("States.Format('{}', $.nope)"),
			"The function 'States.Format('{}', $.nope)' had the following error: The JsonPath argument for the field '$.nope'" + missing},
		{"an argument inside", parameters("States.Format('{}', States.Format('{}', $.nope))"),
			"The function 'States.Format('{}', States.Format('{}', $.nope))' had the following error: The JsonPath argument for the field '$.nope'" + missing},
		{"a Choice", two(`"Type": "Choice", "Choices": [{"Variable": "$.nope", "IsNull": true, "Next": "T"}]`),
			"Invalid path '$.nope': The choice state's condition path references an invalid value."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, tt.definition, `{"other":1}`, nil)
			want(t, r, states.Failed, "States.Runtime")
			if r.Cause != before+tt.cause {
				t.Errorf("cause:\ngot  %s\nwant %s", r.Cause, before+tt.cause)
			}
		})
	}
}
