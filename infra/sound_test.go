package infra_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/mapkeep/mapkeep"
	"github.com/mapkeep/mapkeep/infra"
	"github.com/mapkeep/mapkeep/infra/judge/linters"
)

// What no linter of the field looks at is right in the files as they are.
func TestTheStackIsSound(t *testing.T) {
	t.Parallel()
	for _, problem := range linters.Template(mapkeep.Template) {
		t.Errorf("template.yaml: %s", problem)
	}
	for _, problem := range linters.Machine(mapkeep.Template, infra.Machine()) {
		t.Errorf("backup.asl.json: %s", problem)
	}
}

// Workflows run what they are pinned to, with few rights, and come to an end.
func TestWorkflowsAreSound(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../.github/workflows/*.y*ml")
	if err != nil || len(files) < 2 {
		t.Fatalf("workflows: got %q (%v), want ci.yml and release.yml", files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range linters.Workflow(text) {
			t.Errorf("%s: %s", filepath.Base(name), problem)
		}
	}
}
