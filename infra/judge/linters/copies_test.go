package linters_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/judge/linters"
)

const (
	root     = "../../.."
	template = "template.yaml"
	machine  = "infra/backup.asl.json"
	ci       = ".github/workflows/ci.yml"
	release  = ".github/workflows/release.yml"
)

// Who finds a mistake.
const (
	cfnLint      = "cfn-lint"
	aslValidator = "asl-validator"
	samValidate  = "sam validate"
	translator   = "SAM's translator"
	actionlint   = "actionlint"
	ours         = "own checks"
)

// A broken copy is one of our files with one edit: old stands in it once, and
// new in its place makes it wrong. By names who finds that at least.
type broken struct{ name, file, old, new, by string }

// Every copy that our own checks answer for is refused by them, and every edit
// fits the files as they are.
func TestOwnChecksRefuseBrokenCopies(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, b := range copies() {
		if seen[b.name] {
			t.Errorf("two copies are called %q", b.name)
		}
		seen[b.name] = true
		if found := own(b.file, b.text(t), t); b.by == ours && len(found) == 0 {
			t.Errorf("%s: the own checks find nothing", b.name)
		}
	}
}

// own lets the own checks judge one file, the others being as they are.
func own(name, text string, t *testing.T) []string {
	t.Helper()
	switch name {
	case template:
		return append(linters.Template([]byte(text)), linters.Machine([]byte(text), []byte(file(t, machine)))...)
	case machine:
		return linters.Machine([]byte(file(t, template)), []byte(text))
	}
	return linters.Workflow([]byte(text))
}

// text is the copy.
func (b broken) text(t *testing.T) string {
	t.Helper()
	text := file(t, b.file)
	if n := strings.Count(text, b.old); n != 1 {
		t.Fatalf("%s: %q stands %d times in %s, want once", b.name, b.old, n, b.file)
	}
	return strings.Replace(text, b.old, b.new, 1)
}

// file reads one of ours.
func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func copies() []broken {
	var all []broken
	all = append(all, brokenTemplates...)
	all = append(all, brokenMachines...)
	return append(all, brokenWorkflows...)
}
