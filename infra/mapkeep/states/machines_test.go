package states_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
	"github.com/mapkeep/mapkeep/infra/mapkeep/states/statestest"
)

// TestMachines runs the table by our interpreter; infra/localstack/machines
// runs the same files by another.
func TestMachines(t *testing.T) {
	t.Parallel()
	for _, c := range statestest.Load(t, "testdata/machines") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if objection := objection(t, c); objection != "" {
					t.Errorf("%s\n%s", c.Says, objection)
				}
			})
		})
	}
}

// TestMachinesBite changes what is wanted of each machine: our interpreter must
// then object, so no row of the table is one that can't fail.
func TestMachinesBite(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*statestest.Outcome){
		"output": func(o *statestest.Outcome) { o.Output = json.RawMessage(`"another"`) },
		"error":  func(o *statestest.Outcome) { o.Error += "Another" },
		"calls":  func(o *statestest.Outcome) { o.Calls++ },
		"waits":  func(o *statestest.Outcome) { o.Waits = append(slices.Clone(o.Waits), 7) },
	}
	for _, c := range statestest.Load(t, "testdata/machines") {
		for name, change := range changes {
			changed := c
			change(&changed.Want)
			t.Run(c.Name+" "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					if objection(t, changed) == "" {
						t.Errorf("nobody objects to other %s", name)
					}
				})
			})
		}
	}
}

// objection is what our interpreter makes otherwise than a case wants.
func objection(t testing.TB, c statestest.Case) string {
	got := outcome(t, c)
	if objection := c.Want.Differs(got); objection != "" {
		return objection
	}
	if !slices.Equal(c.Want.Waits, got.Waits) {
		return "waits: got " + string(compact(t, got.Waits)) + ", want " + string(compact(t, c.Want.Waits))
	}
	return ""
}

func outcome(t testing.TB, c statestest.Case) statestest.Outcome {
	t.Helper()
	m, err := states.Parse([]byte(c.Definition("f", "b")), nil)
	if err != nil {
		return statestest.Outcome{Status: statestest.Refused, Cause: err.Error()}
	}
	b := &bucket{objects: map[string][]byte{}}
	for key := range c.Objects {
		b.objects["b/"+key] = c.Object(key)
	}
	script, clock := c.Script(), newClock()
	e := states.Engine{
		Machine: m, Name: "m", Objects: b, Clock: clock, Tasks: played(script),
		Random: func() float64 { return c.Draw },
	}
	r := e.Run(t.Context(), "r", c.Input)
	got := statestest.Outcome{Status: r.Status, Output: r.Output, Error: r.Error, Cause: r.Cause, Calls: script.Calls()}
	for _, d := range clock.slept {
		got.Waits = append(got.Waits, d.Seconds())
	}
	return got
}

// played does what a script says.
func played(script *statestest.Script) functions {
	return func(ctx context.Context, function string, payload json.RawMessage) (json.RawMessage, error) {
		step := script.Next(payload)
		switch {
		case step.Hang:
			return hang(ctx, function, payload)
		case step.Fail != "":
			return nil, states.FunctionError(step.Fail, step.Message)
		}
		return step.Answer, nil
	}
}
