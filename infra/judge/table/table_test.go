package main_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/judge"
)

func TestTable(t *testing.T) {
	t.Parallel()
	program := judge.Program(t.TempDir(), "table")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	good := judge.Verdict{Judge: "a", Version: "1", Cases: 2, Passed: 2, Bites: []string{"a fault"},
		Explained: []judge.Explained{{Case: "odd", Reason: "because"}}}
	objected, tame := good, good
	objected.Passed, tame.Bites = 1, nil
	for _, c := range []struct {
		name     string
		verdicts []judge.Verdict
		expect   []string
		want     string // what it says; a good table has no error
		bad      bool
	}{
		{"one judge", []judge.Verdict{good}, []string{"a"}, "a: odd: because", false},
		{"two tests of one judge", []judge.Verdict{good, good}, []string{"a"}, "  4      4       2          0            2", false},
		{"missing", []judge.Verdict{good}, []string{"a", "b"}, "b did not speak", true},
		{"unexpected", []judge.Verdict{good}, []string{"b"}, "a spoke, and is not in the list", true},
		{"objected", []judge.Verdict{objected}, []string{"a"}, "a passed 1 of 2 cases", true},
		{"no bite", []judge.Verdict{tame}, []string{"a"}, "a found no fault made on purpose", true},
		{"nothing", nil, []string{"a"}, "a did not speak", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for i, v := range c.verdicts {
				data, err := json.Marshal(v)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, string(rune('a'+i))+".json"), data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			out, err := exec.Command(program, append([]string{dir}, c.expect...)...).CombinedOutput()
			if (err != nil) != c.bad || !strings.Contains(string(out), c.want) {
				t.Errorf("table %q: error %v, want one: %v, and %q in\n%s", c.expect, err, c.bad, c.want, out)
			}
		})
	}
}
