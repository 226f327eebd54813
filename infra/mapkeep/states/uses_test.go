package states_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra"
	"github.com/mapkeep/mapkeep/infra/mapkeep/states/statestest"
)

// TestTableHasWhatTheBackupUses walks the backup's machine: each type of state,
// field, operator, name of an error, function and kind of path in it must occur
// in a machine of the table, in the same place.
func TestTableHasWhatTheBackupUses(t *testing.T) {
	t.Parallel()
	table := uses{}
	for _, c := range statestest.Load(t, "testdata/machines") {
		table.machine(t, c.Definition("f", "b"))
	}
	if missing := table.lacks(t, string(infra.Machine())); len(missing) > 0 {
		t.Errorf("the backup uses what no machine of the table has:\n%s", strings.Join(missing, "\n"))
	}
	edited := strings.NewReplacer(
		`"BooleanEquals": false`, `"StringUnheard": "x"`,
		`"$$.State.RetryCount"`, `"States.Unheard($$.Unheard.Of)"`,
		`"StoreRefused",`, `"Unheard",`,
		`"ResultPath": "$.map"`, `"ResultPath": "$.map", "TimeoutSeconds": 7`,
	).Replace(string(infra.Machine()))
	want := []string{
		"Choices.StringUnheard", "Map.TimeoutSeconds", "Retry takes Unheard", "States.Unheard",
		"Task.Parameters $$.Unheard.Of",
	}
	if diff := cmp.Diff(want, table.lacks(t, edited)); diff != "" {
		t.Errorf("an edited machine uses what is unheard of (-want +got):\n%s", diff)
	}
}

// uses are the constructs that were met, by a text that says what and where.
type uses map[string]bool

// lacks lists what a machine uses that is not in u.
func (u uses) lacks(t *testing.T, definition string) []string {
	t.Helper()
	met := uses{}
	met.machine(t, definition)
	maps.DeleteFunc(met, func(use string, _ bool) bool { return u[use] })
	return slices.Sorted(maps.Keys(met))
}

var placeholder = regexp.MustCompile(`\$\{[^{}]*\}`)

func (u uses) machine(t *testing.T, definition string) {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(placeholder.ReplaceAll([]byte(definition), []byte("1")), &m); err != nil {
		t.Fatalf("%v in %s", err, definition)
	}
	u.flow("machine", m)
}

// flow walks a machine or an ItemProcessor.
func (u uses) flow(what string, m map[string]any) {
	for field, value := range m {
		switch field {
		case "States":
			for _, state := range value.(map[string]any) {
				u.state(state.(map[string]any))
			}
		case "ProcessorConfig":
			u.constants(field, value)
		default:
			u[what+"."+field] = true
		}
	}
}

func (u uses) state(state map[string]any) {
	kind := state["Type"].(string)
	for field, value := range state {
		at := kind + "." + field
		u[at] = true
		switch field {
		case "ItemProcessor":
			u.flow(field, value.(map[string]any))
		case "Retry", "Catch":
			u.handlers(field, value.([]any))
		case "Choices":
			for _, rule := range value.([]any) {
				u.rule(rule.(map[string]any))
			}
		case "Parameters", "ResultSelector", "ItemSelector":
			u.template(at, value)
		case "ItemReader", "ResultWriter":
			u.access(field, value.(map[string]any))
		case "Resource":
			u[at+" "+value.(string)] = true
		default:
			u.field(kind, field, value)
		}
	}
}

// field is one that holds a path or a constant; only paths are looked into.
func (u uses) field(kind, field string, value any) {
	if text, ok := value.(string); ok && strings.HasSuffix(field, "Path") {
		u.expression(kind+"."+field, text)
	}
}
