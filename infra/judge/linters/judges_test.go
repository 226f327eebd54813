//go:build judges

package linters_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/infra/judge/linters"
)

// Where a linter is known to be wrong, or asks for what is not wanted: the
// beginning of what it says, and why it does not count.
var explained = map[string]string{
	"E3601 Additional properties are not allowed ('OutputPath' was unexpected) at 'States/Complete/OutputPath'": "a Succeed state takes InputPath and OutputPath (States Language, table of the states' fields; AWS's CDK has both); cfn-lint's schema lacks them",
	"I3011 'DeletionPolicy' is a required property":                                                             "asked for log groups: their lines are kept for LogRetentionDays and may go with the stack; whatever holds backups or the sign-in is retained",
	"I3011 'UpdateReplacePolicy' is a required property":                                                        "as for DeletionPolicy",
}

// Linters that have nothing against the files as they are.
func TestLintersOfTheField(t *testing.T) {
	l := open(t)
	t.Run(cfnLint, func(t *testing.T) {
		copied := write(t, "template.yaml", file(t, template))
		if refused := l.translate(copied); len(refused) > 0 {
			t.Errorf("SAM's translator refuses template.yaml: %q", refused)
		}
		cases := map[string]string{copied: "template.yaml", copied + ".json": "the template after SAM's translator"}
		for _, which := range []string{linters.Usual, linters.Least, linters.Most} {
			cases[write(t, which+".json", wrapped(t, filled(t, which)))] = "the machine, each parameter's " + which
		}
		reasons := judged(t, cfnLint, l.cfnLint, cases)
		for beginning, reason := range explained {
			if !slices.Contains(reasons, reason) {
				t.Errorf("cfn-lint no longer says %q: the table of explanations has to forget it", beginning)
			}
		}
	})
	t.Run(aslValidator, func(t *testing.T) {
		cases := map[string]string{}
		for _, which := range []string{linters.Usual, linters.Least, linters.Most} {
			cases[write(t, which+".json", filled(t, which))] = "the machine, each parameter's " + which
		}
		judged(t, aslValidator, l.aslValidator, cases)
	})
	t.Run(samValidate, func(t *testing.T) {
		judged(t, samValidate, l.samValidate, map[string]string{write(t, "template.yaml", file(t, template)): "template.yaml"})
	})
	t.Run(actionlint, func(t *testing.T) {
		judged(t, actionlint, l.actionlint, map[string]string{write(t, "ci.yml", file(t, ci)): "ci.yml", write(t, "release.yml", file(t, release)): "release.yml"})
	})
}

// judged counts what a linter says against files, and what of that is
// explained; it gives the explanations.
func judged(t *testing.T, name string, ask linter, cases map[string]string) (all []string) {
	t.Helper()
	j := judge.New(t, name, versions[name])
	files := make([]string, 0, len(cases))
	for file := range cases {
		files = append(files, file)
	}
	said := ask(files...)
	for _, file := range files {
		against, reasons := sift(said[file])
		if len(against) > 0 || len(reasons) == 0 {
			j.Case(cases[file], strings.Join(against, "\n"))
		}
		for _, reason := range reasons {
			j.Differs(cases[file], reason)
		}
		all = append(all, reasons...)
	}
	return all
}

// sift parts what is explained, each reason once, from what is not.
func sift(said []string) (against, reasons []string) {
	for _, text := range said {
		reason := ""
		for beginning, why := range explained {
			if strings.HasPrefix(text, beginning) {
				reason = why
			}
		}
		switch {
		case reason == "":
			against = append(against, text)
		case !slices.Contains(reasons, reason):
			reasons = append(reasons, reason)
		}
	}
	return against, reasons
}

// What is installed is what the table says.
func TestVersions(t *testing.T) {
	l := open(t)
	for name, args := range map[string][]string{
		cfnLint:      {judge.Script(l.python, "cfn-lint"), "--version"},
		aslValidator: {"node", l.aslProgram(), "--version"},
		samValidate:  {judge.Script(l.sam, "sam"), "--version"},
		actionlint:   {judge.Program(l.workflows, "actionlint"), "-version"},
	} {
		if out, _ := l.run(args[0], args[1:]...); !strings.Contains(out, versions[name]) {
			t.Errorf("version of %s: got %s, want %s", name, strings.TrimSpace(out), versions[name])
		}
	}
}

// filled is the machine with the values of a deployment.
func filled(t *testing.T, which string) string {
	t.Helper()
	values, err := linters.Values([]byte(file(t, template)), which)
	if err != nil {
		t.Fatal(err)
	}
	return string(linters.Fill([]byte(file(t, machine)), values))
}

// wrapped is a template that holds a machine as a literal text, which is the
// only kind that cfn-lint reads.
func wrapped(t *testing.T, definition string) string {
	t.Helper()
	literal, err := json.Marshal(definition)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"Resources": {"Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties":
  {"RoleArn": "arn:aws:iam::123456789012:role/machine", "DefinitionString": %s}}}}`, literal)
}

// write puts a text into a file of the test's own.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
