package states

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// arn begins every name of an execution here: no region, no account.
const arn = "arn:aws:states:local:000000000000:"

const roleARN = "arn:aws:iam::000000000000:role/local"

// place says where an expression stands: which of the context object's
// fields it may read.
type place struct {
	retries bool // a Task's Parameters: State.RetryCount
	items   bool // an ItemSelector: Map.Item
}

// contextFields is the context object as far as it is the same everywhere.
var contextFields = map[string][]string{
	"Execution":    {"Id", "Name", "Input", "StartTime", "RoleArn", "RedriveCount"},
	"State":        {"Name", "EnteredTime", "RetryCount"},
	"StateMachine": {"Id", "Name"},
	"Map":          {"Item"},
}

// allow reports what is wrong with reading p here.
func (here place) allow(p *path) error {
	if !p.context {
		return nil
	}
	names := []string{}
	for _, s := range p.steps {
		if s.kind != stepName {
			break
		}
		names = append(names, s.name)
	}
	if len(names) == 1 && len(p.steps) == 1 && (names[0] == "Execution" || names[0] == "StateMachine") {
		return nil
	}
	if len(names) < 2 {
		return fmt.Errorf("path %q: name a field of the context object, as in $$.Execution.Id", p.text)
	}
	if !slices.Contains(contextFields[names[0]], names[1]) {
		return fmt.Errorf("path %q: the context object has no %s", p.text, strings.Join(names[:2], "."))
	}
	switch {
	case names[0] == "Map" && !here.items:
		return fmt.Errorf("path %q: $$.Map can be read in an ItemSelector only", p.text)
	case names[0] == "Map" && len(names) > 2 && names[2] != "Index" && names[2] != "Value":
		return fmt.Errorf("path %q: an item has Index and Value", p.text)
	case names[1] == "RetryCount" && !here.retries:
		return fmt.Errorf("path %q: RetryCount can be read in a Task's Parameters only", p.text)
	}
	return nil
}

// item is what an ItemSelector sees of the item it is asked about.
type item struct {
	index int
	value any
}

// context is the context object of this visit; $$.Map.Item comes with it
// where an item is chosen.
func (v *visit) context(of *item) any {
	x := v.x
	object := map[string]any{
		"Execution": map[string]any{
			"Id": x.id, "Name": x.name, "Input": x.input, "RoleArn": roleARN,
			"StartTime": stamp(x.started), "RedriveCount": number(0),
		},
		"State": map[string]any{
			"Name": v.n.name, "EnteredTime": stamp(v.entered), "RetryCount": number(int64(v.repeats)),
		},
		"StateMachine": map[string]any{"Id": arn + "stateMachine:" + x.machine, "Name": x.machine},
	}
	if of != nil {
		object["Map"] = map[string]any{"Item": map[string]any{"Index": number(int64(of.index)), "Value": of.value}}
	}
	return object
}

func (v *visit) scope(input any) *scope { return v.scopeOf(input, nil) }

// scopeOf makes the context object when it is first asked for.
func (v *visit) scopeOf(input any, of *item) *scope {
	object := any(nil)
	return &scope{input: input, random: v.x.e.random, context: func() any {
		if object == nil {
			object = v.context(of)
		}
		return object
	}}
}

// stamp writes a time as Step Functions does, with milliseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
