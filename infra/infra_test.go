package infra_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra"
	"github.com/mapkeep/mapkeep/internal/fault"
)

// A room has one name in every place: functions/export, backup/export, the
// function in dist/export, the resource ExportFunction, the state Export.
func TestRoomsHaveOneNameEverywhere(t *testing.T) {
	t.Parallel()
	rooms := folders(t, "../functions")
	if diff := cmp.Diff(rooms, folders(t, "../internal/backup")); diff != "" {
		t.Errorf("folders in functions and in internal/backup differ (-functions +backup):\n%s", diff)
	}
	var resources []string
	for id, r := range decoded(t)["Resources"].(map[string]any) {
		if at(r, "Type") == "AWS::Serverless::Function" {
			resources = append(resources, id+" dist/"+strings.TrimPrefix(at(r, "Properties", "CodeUri").(string), "dist/"))
		}
	}
	var tasks, wantResources, wantTasks []string
	for name, s := range machineStates(t) {
		if s["Type"] == "Task" {
			tasks = append(tasks, fmt.Sprint(name, " calls ", at(s, "Parameters", "FunctionName")))
		}
	}
	for _, room := range rooms {
		state := strings.ToUpper(room[:1]) + room[1:]
		wantResources = append(wantResources, state+"Function dist/"+room)
		wantTasks = append(wantTasks, state+" calls ${"+state+"Function}")
	}
	slices.Sort(resources)
	slices.Sort(tasks)
	if diff := cmp.Diff(wantResources, resources); diff != "" {
		t.Errorf("functions of template.yaml (-folders +template):\n%s", diff)
	}
	if diff := cmp.Diff(wantTasks, tasks); diff != "" {
		t.Errorf("tasks of backup.asl.json (-folders +machine):\n%s", diff)
	}
}

// A task gives up a little after its function must have, so that the name of
// the error is Lambda's and not the machine's.
func TestTasksOutlastTheirFunctions(t *testing.T) {
	t.Parallel()
	stack, err := infra.Template()
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range machineStates(t) {
		if s["Type"] != "Task" {
			continue
		}
		patience := s["TimeoutSeconds"].(float64)
		if f := stack.Functions[strings.ToLower(name)]; patience <= f.Timeout.Seconds() || patience > f.Timeout.Seconds()+60 {
			t.Errorf("state %s: TimeoutSeconds is %v, its function's Timeout %v; want up to a minute more", name, patience, f.Timeout)
		}
	}
}

// Two retriers name our errors, the third takes what is left: names that no
// repetition mends, names that one may mend, and everything else.
func TestEveryTaskKnowsEveryError(t *testing.T) {
	t.Parallel()
	for name, s := range machineStates(t) {
		if s["Type"] != "Task" {
			continue
		}
		var retry []struct {
			ErrorEquals []string
			MaxAttempts any
		}
		remarshal(t, s["Retry"], &retry)
		if len(retry) != 3 {
			t.Fatalf("state %s has %d retriers, want 3: final, retried, everything else", name, len(retry))
		}
		if diff := cmp.Diff(names(fault.Final()), retry[0].ErrorEquals); diff != "" || retry[0].MaxAttempts != 0.0 {
			t.Errorf("state %s, first retrier: MaxAttempts %v, want 0; names (-fault +machine):\n%s", name, retry[0].MaxAttempts, diff)
		}
		if diff := cmp.Diff(names(fault.Retried()), retry[1].ErrorEquals); diff != "" || retry[1].MaxAttempts != sample["MaxRetries"] {
			t.Errorf("state %s, second retrier: MaxAttempts %v, want ${MaxRetries}; names (-fault +machine):\n%s", name, retry[1].MaxAttempts, diff)
		}
		if _, ok := s["Catch"]; !ok {
			t.Errorf("state %s has no Catch: its error would end the execution without a log", name)
		}
	}
}

// Any ErrorEquals in the machine, of Retry or Catch.
func TestErrorNamesExist(t *testing.T) {
	t.Parallel()
	ours := slices.Concat(names(fault.Retried()), names(fault.Final()))
	theirs := regexp.MustCompile(`^(States|Lambda|Sandbox|Runtime|Function)\.[A-Za-z]+$`)
	for state, s := range machineStates(t) {
		for _, list := range []string{"Retry", "Catch"} {
			var policies []struct{ ErrorEquals []string }
			remarshal(t, s[list], &policies)
			for i, p := range policies {
				for _, name := range p.ErrorEquals {
					if !slices.Contains(ours, name) && !theirs.MatchString(name) {
						t.Errorf("state %s, %s: %q is neither one of ours nor AWS's", state, list, name)
					}
				}
				if slices.Contains(p.ErrorEquals, "States.ALL") && (len(p.ErrorEquals) > 1 || i < len(policies)-1) {
					t.Errorf("state %s, %s %d: States.ALL has to stand alone and last: %q", state, list, i+1, p.ErrorEquals)
				}
			}
		}
	}
}

func TestEveryStateSaysWhatItDoes(t *testing.T) {
	t.Parallel()
	for name, s := range machineStates(t) {
		if comment, _ := s["Comment"].(string); comment == "" {
			t.Errorf("state %s has no Comment", name)
		}
	}
}

// sample stands for what a deployment fills in.
var sample = map[string]any{"MaxRetries": 5.0, "ExportDelay": 2.0}

var substitution = regexp.MustCompile(`\$\{(\w+)\}`)

// machineStates reads backup.asl.json and gives all states by name, those
// inside the Map too. Names of functions stay as they stand.
func machineStates(t *testing.T) map[string]map[string]any {
	t.Helper()
	text := string(infra.Machine())
	for name, value := range sample {
		text = strings.ReplaceAll(text, "${"+name+"}", fmt.Sprint(value))
	}
	var machine map[string]any
	if err := json.Unmarshal([]byte(text), &machine); err != nil {
		t.Fatalf("backup.asl.json: %v", err)
	}
	all := map[string]map[string]any{}
	var collect func(states any)
	collect = func(states any) {
		for name, s := range states.(map[string]any) {
			if _, twice := all[name]; twice {
				t.Errorf("state %s stands twice", name)
			}
			all[name] = s.(map[string]any)
			if inner := at(s, "ItemProcessor", "States"); inner != nil {
				collect(inner)
			}
		}
	}
	collect(machine["States"])
	return all
}

// folders lists the folders in a folder, in order.
func folders(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		if e.IsDir() {
			list = append(list, e.Name())
		}
	}
	return list
}

func names(kinds []fault.Kind) []string {
	var list []string
	for _, k := range kinds {
		list = append(list, string(k))
	}
	return list
}

// at walks down keys; nil where there is nothing.
func at(tree any, keys ...string) any {
	for _, key := range keys {
		m, _ := tree.(map[string]any)
		tree = m[key]
	}
	return tree
}

// remarshal moves a tree into a struct.
func remarshal(t *testing.T, tree, into any) {
	t.Helper()
	text, err := json.Marshal(tree)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}
