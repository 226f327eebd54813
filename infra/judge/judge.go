// Package judge keeps what parties outside the project say of it: a second
// cloud that deploys the stack, Esri's own clients at the simulated portal, a
// second S3, the linters of the field. Each is a Judge of a test that carries a
// build tag (judges, localstack, arcgis), since it needs more than Go; `make
// check` installs them, runs those tests and prints one table, infra/judge/table.
package judge

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// A Verdict is what one judge said in one test.
type Verdict struct {
	Judge     string
	Version   string
	Cases     int         // looked at, bites not counted
	Passed    int         // of those, in agreement with us, or with a difference explained
	Explained []Explained // differences that are the judge's, with the reason
	Bites     []string    // deliberate faults that it found
}

// Explained is a difference that is allowed for.
type Explained struct{ Case, Reason string }

// Judge collects a verdict. Its methods may be called from several goroutines.
type Judge struct {
	t  testing.TB
	mu sync.Mutex
	v  Verdict
}

// Folder is the environment variable that names the folder in which verdicts
// are left for the table. Without it a test judges all the same.
const Folder = "MAPKEEP_VERDICTS"

// Tool gives the folder in which .ci/tools has a tool, which it installs if
// need be; root is the way from the test to the top of the project.
func Tool(t testing.TB, root, name string) string {
	t.Helper()
	folder, err := Install(t.Context(), root, name)
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// Install is Tool where there is no test. It needs bash, which Windows does not
// find for a script by itself.
func Install(ctx context.Context, root, name string) (string, error) {
	install := exec.CommandContext(ctx, "bash", filepath.Join(root, ".ci", "tools"), name)
	install.Stderr = os.Stderr
	out, err := install.Output()
	if err != nil {
		return "", fmt.Errorf(".ci/tools %s: %w", name, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Script is a program of a tool that is a virtual environment; its Python is
// one of them.
func Script(folder, name string) string {
	if runtime.GOOS == "windows" {
		return Program(filepath.Join(folder, "Scripts"), name)
	}
	return filepath.Join(folder, "bin", name)
}

// Program is a program in a folder, as this system names programs.
func Program(folder, name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(folder, name)
}

// End asks a program to end, or ends it where it can't be asked: Windows knows
// no such signal.
func End(program *os.Process) {
	if program.Signal(os.Interrupt) != nil {
		program.Kill() //nolint:errcheck // it may have ended
	}
}

// New opens the judge of a name and version, whose verdict is complete when
// the test ends. Several tests may open the same judge: the table adds them up.
func New(t testing.TB, name, version string) *Judge {
	t.Helper()
	j := &Judge{t: t, v: Verdict{Judge: name, Version: version}}
	t.Cleanup(j.leave)
	return j
}

// Agreed counts a case in which the judge agrees with us.
func (j *Judge) Agreed(string) { j.count(1) }

// Objected counts a case in which it does not: the test fails.
func (j *Judge) Objected(what, objection string) {
	j.t.Helper()
	j.t.Errorf("%s on %s: %s", j.v.Judge, what, objection)
	j.count(0)
}

// Case counts a case that is good if objection is empty.
func (j *Judge) Case(what, objection string) {
	j.t.Helper()
	if objection = strings.TrimSpace(objection); objection != "" {
		j.Objected(what, objection)
		return
	}
	j.Agreed(what)
}

// Differs counts a case in which the judge is known to differ, for this reason.
func (j *Judge) Differs(what, reason string) {
	j.count(1)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.v.Explained = append(j.v.Explained, Explained{what, reason})
}

// Bites takes a fault that was made on purpose: the judge must find it, so
// the test fails unless it did. A judge that never bites proves nothing.
func (j *Judge) Bites(fault string, found bool) {
	j.t.Helper()
	if !found {
		j.t.Errorf("%s did not find a fault made on purpose: %s", j.v.Judge, fault)
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.v.Bites = append(j.v.Bites, fault)
}

func (j *Judge) count(passed int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.v.Cases++
	j.v.Passed += passed
}

// leave writes the verdict for the table.
func (j *Judge) leave() {
	dir := os.Getenv(Folder)
	if dir == "" {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	data, err := json.MarshalIndent(j.v, "", "  ")
	if err != nil {
		j.t.Fatal(err)
	}
	name := strings.NewReplacer("/", "-", " ", "-", "@", "").Replace(fmt.Sprintf("%s %s.json", j.t.Name(), j.v.Judge))
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		j.t.Fatal(err)
	}
}
