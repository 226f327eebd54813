package infra_test

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

// A story is one or more runs, and where they have to lead.
type story struct {
	says string
	run  func(t *testing.T) []*machinetest.Got
}

// The stories walk every way there is through the machine: each transition,
// each Retry and each Catch. One that none of them takes is either dead or
// not tested.
func TestEveryWayThroughTheMachineIsWalked(t *testing.T) {
	t.Parallel()
	all := slices.Concat(goodStories, copyStories, slowStories, errorStories(), endStories)
	var mu sync.Mutex
	walked := map[string]bool{}
	t.Run("stories", func(t *testing.T) {
		for _, s := range all {
			t.Run(s.says, func(t *testing.T) {
				t.Parallel()
				for _, got := range s.run(t) {
					mu.Lock()
					maps.Copy(walked, steps(t, got))
					mu.Unlock()
				}
			})
		}
	})
	for _, way := range ways(t) {
		if !walked[way] && !t.Failed() {
			t.Errorf("no story goes this way: %s", way)
		}
	}
}

type policy struct {
	ErrorEquals []string
	MaxAttempts any
	Next        string
}

// policies are a state's Retry and Catch.
func policies(t *testing.T, state map[string]any) (retry, catch []policy) {
	t.Helper()
	remarshal(t, state["Retry"], &retry)
	remarshal(t, state["Catch"], &catch)
	return retry, catch
}

// ways are all transitions and retriers of the machine.
func ways(t *testing.T) []string {
	t.Helper()
	all := map[string]bool{}
	for name, s := range machineStates(t) {
		for _, next := range []any{s["Next"], s["Default"]} {
			if next != nil {
				all[fmt.Sprintf("%s -> %s", name, next)] = true
			}
		}
		var choices []policy
		remarshal(t, s["Choices"], &choices)
		for _, c := range choices {
			all[fmt.Sprintf("%s -> %s", name, c.Next)] = true
		}
		retry, catch := policies(t, s)
		for i := range retry {
			all[fmt.Sprintf("%s, retrier %d", name, i+1)] = true
		}
		for i, c := range catch {
			all[fmt.Sprintf("%s, catcher %d", name, i+1)] = true
			all[fmt.Sprintf("%s -> %s", name, c.Next)] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// steps are the ways that a run went.
func steps(t *testing.T, got *machinetest.Got) map[string]bool {
	t.Helper()
	all, machine := map[string]bool{}, machineStates(t)
	for _, s := range got.Steps {
		retry, catch := policies(t, machine[s.State])
		first := func(list []policy) int {
			return slices.IndexFunc(list, func(p policy) bool {
				return slices.Contains(p.ErrorEquals, s.Error) || slices.Contains(p.ErrorEquals, "States.ALL")
			})
		}
		switch s.Kind {
		case states.StateEntered:
			all[s.State+" -> "+s.To] = true
		case states.Retrying:
			all[fmt.Sprintf("%s, retrier %d", s.State, first(retry)+1)] = true
		case states.Caught:
			if i := first(retry); i >= 0 && retry[i].MaxAttempts == 0.0 {
				all[fmt.Sprintf("%s, retrier %d", s.State, i+1)] = true
			}
			all[fmt.Sprintf("%s, catcher %d", s.State, first(catch)+1)] = true
		}
	}
	return all
}
