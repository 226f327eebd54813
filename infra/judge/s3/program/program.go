// Package program runs mapkeep as its users do, as a program, and compares what
// it makes of one portal in two places: in a folder and in somebody's bucket.
package program

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/judge"
)

// Program is mapkeep, built for a test.
type Program struct {
	t       testing.TB
	path    string
	environ []string
}

// Build builds mapkeep; root is the way from the test to the top of the
// project, and environ what it finds in its environment, as KEY=value: nothing
// else of this process's.
func Build(t testing.TB, root string, environ ...string) *Program {
	t.Helper()
	dir := t.TempDir()
	p := &Program{t, judge.Program(dir, "mapkeep"), append([]string{"HOME=" + dir, "PATH=/nowhere"}, environ...)}
	build := exec.Command("go", "build", "-o", p.path, "./infra/mapkeep")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build mapkeep: %v\n%s", err, out)
	}
	return p
}

// Run runs a command with --json, wants exit code 0 and gives its document.
func (p *Program) Run(stdin string, args ...string) map[string]any {
	p.t.Helper()
	cmd := exec.Command(p.path, append(args, "--json")...)
	var stderr bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stderr = p.environ, strings.NewReader(stdin), &stderr
	out, err := cmd.Output()
	if err != nil {
		p.t.Fatalf("mapkeep %q: %v\n%s%s", args, err, out, stderr.String())
	}
	var document map[string]any
	if err := json.Unmarshal(out, &document); err != nil {
		p.t.Fatalf("mapkeep %q: %v in %s", args, err, out)
	}
	return document
}

// portal is what mapkeep simulate says of itself.
type portal struct {
	Portal        string          `json:"portal"`
	Secret        json.RawMessage `json:"secret"`
	TrustedHosts  []string        `json:"trusted_hosts"`
	BackupTags    []string        `json:"backup_tags"`
	DirectoryTags []string        `json:"directory_tags"`
}

// simulate starts a portal, which ends with the test.
func (p *Program) simulate(scenario string) portal {
	p.t.Helper()
	cmd := exec.Command(p.path, "simulate", "--scenario", scenario, "--json")
	cmd.Env = p.environ
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		p.t.Fatalf("mapkeep simulate: %v", err)
	}
	p.t.Cleanup(func() {
		judge.End(cmd.Process)
		cmd.Wait() //nolint:errcheck // it was ended
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var facts portal
	if err == nil {
		err = json.Unmarshal(line, &facts)
	}
	if err != nil {
		p.t.Fatalf("mapkeep simulate: %v in %q", err, line)
	}
	return facts
}
