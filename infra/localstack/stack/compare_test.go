//go:build localstack

package stack_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep"
	"github.com/mapkeep/mapkeep/infra"
	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/infra/localstack"
)

// differences are properties that LocalStack takes and does not keep, or
// keeps in its own way, by the resource's kind and the path of the snapshot.
var differences = map[string]string{
	"AWS::IAM::ManagedPolicy.description":                        "LocalStack's CloudFormation drops the description of a managed policy",
	"AWS::Serverless::StateMachine.tracingConfiguration.enabled": "LocalStack has no X-Ray: it drops the setting; the role's rights for it are compared",
}

// An objection is one property that was not made as it was asked for.
type objection struct {
	resource, kind, path string
	asked, made          string
}

func (o objection) String() string {
	return fmt.Sprintf("%s.%s: got %q, want %q", o.resource, o.path, o.made, o.asked)
}

// A deployed stack.
type deployed struct {
	world
	cloud   *localstack.Cloud
	outputs map[string]string
}

// deploy deploys a folder by its own template.yaml, and takes a snapshot.
func deploy(t testing.TB, cloud *localstack.Cloud, dir, stack string, parameters ...string) deployed {
	t.Helper()
	outputs, err := cloud.Deploy(dir, stack, parameters...)
	if err != nil {
		t.Fatal(err)
	}
	made, err := cloud.Snapshot(stack)
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]string{}
	for _, p := range parameters {
		name, value, _ := strings.Cut(p, "=")
		given[name] = value
	}
	return deployed{world{stack, given, template(t), made, dir}, cloud, outputs}
}

// template is the project's own, whatever was deployed.
func template(t testing.TB) map[string]any {
	t.Helper()
	doc, err := infra.Decode(mapkeep.Template)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// objections compares what was made with what the template asks for.
func (w world) objections(t testing.TB) []objection {
	t.Helper()
	asked, unknown := w.asked()
	if len(unknown) > 0 {
		t.Errorf("template.yaml has properties whose place in a snapshot is not known here: %q", unknown)
	}
	var all []objection
	for name, want := range asked {
		kind := fmt.Sprint(at(w.doc, "Resources", name, "Type"))
		made := maps.Clone(w.made[name])
		if want["definition"] != nil {
			if diff := cmp.Diff(want["definition"], made["definition"]); diff != "" {
				all = append(all, objection{name, kind, "definition", "the machine as it is, filled in", diff})
			}
			delete(want, "definition")
		}
		got := lines(made)
		for path, value := range lines(want) {
			if got[path] != value {
				all = append(all, objection{name, kind, path, value, got[path]})
			}
		}
	}
	for name := range w.made {
		if asked[name] == nil {
			all = append(all, objection{resource: name, made: "made, and not asked for"})
		}
	}
	slices.SortFunc(all, func(a, b objection) int { return strings.Compare(a.String(), b.String()) })
	return all
}

// judged gives the judge one case for each resource, and returns the
// differences that it passed over as explained.
func (w world) judged(t testing.TB, j *judge.Judge) (explained map[string]bool) {
	t.Helper()
	objected := map[string][]string{}
	explained = map[string]bool{}
	for _, o := range w.objections(t) {
		if key := o.kind + "." + o.path; differences[key] != "" {
			explained[key] = true
			continue
		}
		objected[o.resource] = append(objected[o.resource], o.String())
	}
	for name := range w.made {
		j.Case(name, strings.Join(objected[name], "\n"))
		delete(objected, name)
	}
	for name, lines := range objected {
		j.Objected(name, "was not made: "+strings.Join(lines, "\n"))
	}
	return explained
}
