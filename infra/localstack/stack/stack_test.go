//go:build localstack

// Package stack_test shows that LocalStack's CloudFormation, IAM, S3, Lambda
// and the others make of template.yaml what it asks for: as it is, with every
// parameter set, beside another stack; and that wrong templates are refused.
// No function is called here.
package stack_test

import (
	"flag"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/infra/localstack"
)

var update = flag.Bool("update", false, "write the goldens anew")

func open(t *testing.T) (*localstack.Cloud, *judge.Judge) {
	t.Helper()
	return localstack.Open(t, "../../.."), judge.New(t, "LocalStack: stack", localstack.Version)
}

// The template as it is, with nothing but the parameter that has no default.
func TestMadeAsAsked(t *testing.T) {
	t.Parallel()
	cloud, j := open(t)
	plain := deploy(t, cloud, cloud.Sketch(), "plain", "BackupTags=backup")
	explained := plain.judged(t, j)
	for key, reason := range differences {
		if j.Differs(key, reason); !explained[key] {
			t.Errorf("%s is explained (%s), but does not differ", key, reason)
		}
	}
	plain.judgedOutputs(j)
	golden(t, "testdata/unasked.txt", plain.unasked())
}

// judgedOutputs gives the judge one case for each output.
func (d deployed) judgedOutputs(j *judge.Judge) {
	names := d.present("Outputs")
	for _, name := range names {
		want := d.value(at(d.doc, "Outputs", name, "Value")).(string)
		j.Case("output "+name, cmp.Diff(want, d.outputs[name]))
	}
	j.Case("names of outputs", cmp.Diff(names, slices.Sorted(maps.Keys(d.outputs))))
}

// passing are lines of a snapshot that are new at each deployment, or that
// say the same as the resource's id.
var passing = regexp.MustCompile(`(Date|Time|Timestamp|time|Sha256|CodeSize|RevisionId|LastModified|StateReason(Data)?|VersionIdsToStages.*|bootstrap|` +
	`RuntimeVersionArn|EffectiveDeliveryPolicy|\bid|[nN]ame|A[rR][nN]|[aA]rn)$`)

// unasked is what the snapshot holds beyond what was asked for, one line each:
// the services' own choices. Ids are written as <LogicalId>.
func (w world) unasked() string {
	asked, _ := w.asked()
	var pairs []string
	names := slices.Sorted(maps.Keys(w.made))
	slices.SortFunc(names, func(a, b string) int { return len(w.id(b)) - len(w.id(a)) })
	for _, name := range names {
		pairs = append(pairs, w.id(name), "<"+name+">")
	}
	ids := strings.NewReplacer(pairs...)
	var all []string
	for name, made := range w.made {
		made := maps.Clone(made)
		delete(made, "definition")
		want := lines(asked[name])
		for path, value := range lines(made) {
			if _, ok := want[path]; !ok && !passing.MatchString(path) && value != "<nil>" {
				all = append(all, name+"."+path+" = "+ids.Replace(value)+"\n")
			}
		}
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); -update writes it anew:\n%s", file, diff)
	}
}
