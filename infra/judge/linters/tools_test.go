//go:build judges

package linters_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/judge"
)

// The versions that the pins install; a test compares.
var versions = map[string]string{cfnLint: "1.58.0", aslValidator: "4.0.0", samValidate: "1.170.0", actionlint: "1.7.12"}

// tools are the linters, each with its folder.
type tools struct {
	t                           *testing.T
	python, npm, sam, workflows string
}

func open(t *testing.T) tools {
	return tools{t, judge.Tool(t, root, "localstack"), judge.Tool(t, root, "npm"), judge.Tool(t, root, "sam"), judge.Tool(t, root, "actionlint")}
}

// Each linter answers for files, by their whole paths, and gives for each what
// it says against it. Files without a word against them are absent.
type linter func(files ...string) map[string][]string

// cfnLint looks at everything it knows, its hints too, in regions of three of
// AWS's partitions.
func (l tools) cfnLint(files ...string) map[string][]string {
	out, aside := l.run(judge.Script(l.python, "cfn-lint"), append([]string{"--format", "json", "--include-checks", "I",
		"--regions", "us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "--template"}, files...)...)
	var matches []struct {
		Filename, Message string
		Rule              struct{ ID string }
	}
	l.decode(out, aside, &matches)
	said := map[string][]string{}
	for _, m := range matches {
		said[m.Filename] = append(said[m.Filename], m.Rule.ID+" "+m.Message)
	}
	return l.only(files, said)
}

// aslValidator throws at a file that is no JSON, without a look at those after
// it, so such a file is asked about alone.
func (l tools) aslValidator(files ...string) map[string][]string {
	said := map[string][]string{}
	var together []string
	for _, name := range files {
		if text, err := os.ReadFile(name); err == nil && json.Valid(text) {
			together = append(together, name)
			continue
		}
		maps.Copy(said, l.aslValidatorOnce(name))
	}
	maps.Copy(said, l.aslValidatorOnce(together...))
	return said
}

// aslValidatorOnce reads which files are called valid, and of the others what
// stands aside.
func (l tools) aslValidatorOnce(files ...string) map[string][]string {
	args := []string{l.aslProgram()}
	for _, name := range files {
		args = append(args, "--json-path", name)
	}
	out, aside := l.run("node", args...)
	said := map[string][]string{}
	for _, name := range files {
		if strings.Contains(out, `"`+name+`" is valid`) {
			continue
		}
		_, text, found := strings.Cut(aside, `"`+name+`" is invalid:`)
		if !found && !strings.HasPrefix(aside, "SyntaxError: ") {
			l.t.Errorf("asl-validator has no word on %s:\n%s", name, aside)
		}
		text, _, _ = strings.Cut(text, "\u2715") // its mark before the next file
		said[name] = append(said[name], strings.TrimSpace(text))
	}
	return said
}

func (l tools) aslProgram() string {
	return filepath.Join(l.npm, "node_modules", "asl-validator", "dist", "bin", "asl-validator.js")
}

// samValidate is `sam validate --lint`, for many files in one process.
func (l tools) samValidate(files ...string) map[string][]string {
	return l.script(judge.Script(l.sam, "python"), "validate.py", files)
}

// translate leaves each template beside itself as SAM's translator makes plain
// CloudFormation of it, its name longer by .json.
func (l tools) translate(files ...string) map[string][]string {
	return l.script(judge.Script(l.python, "python"), "translate.py", files)
}

// script runs a script of ours that answers for every file in a line of JSON.
func (l tools) script(python, name string, files []string) map[string][]string {
	out, aside := l.run(python, append([]string{name}, files...)...)
	said := map[string][]string{}
	for line := range strings.Lines(out) {
		var answer struct{ File, Refused string }
		l.decode(line, aside, &answer)
		if answer.Refused != "" {
			said[answer.File] = append(said[answer.File], answer.Refused)
		}
	}
	if n := strings.Count(out, "\n"); n != len(files) {
		l.t.Errorf("%s answers for %d files of %d:\n%s%s", name, n, len(files), out, aside)
	}
	return l.only(files, said)
}

// actionlint looks without the programs for shell and Python that may or may
// not be on a computer.
func (l tools) actionlint(files ...string) map[string][]string {
	out, aside := l.run(judge.Program(l.workflows, "actionlint"), append([]string{"-shellcheck=", "-pyflakes=", "-format", "{{json .}}"}, files...)...)
	var errors []struct{ Filepath, Message string }
	l.decode(out, aside, &errors)
	said := map[string][]string{}
	for _, e := range errors {
		name, err := filepath.Abs(e.Filepath)
		if err != nil {
			l.t.Error(err)
		}
		said[name] = append(said[name], e.Message)
	}
	return l.only(files, said)
}

// only passes on what is said about the files that were asked about; a linter
// that calls them otherwise would seem to have nothing against them.
func (l tools) only(files []string, said map[string][]string) map[string][]string {
	l.t.Helper()
	for name, text := range said {
		if !slices.Contains(files, name) {
			l.t.Errorf("a linter speaks of %s, which it was not asked about: %q", name, text)
		}
	}
	return said
}

// run gives what a linter prints. That it exits with something else than 0 is
// no failure of its own.
func (l tools) run(program string, args ...string) (out, aside string) {
	l.t.Helper()
	cmd := exec.CommandContext(l.t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "SAM_CLI_TELEMETRY=0", "AWS_DEFAULT_REGION=us-east-1", "PYTHONUTF8=1")
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		l.t.Errorf("%s: %v", program, err)
	}
	return stdout.String(), stderr.String()
}

// decode reads the JSON that a linter printed. Something else is a linter
// that broke, and nothing it left unsaid may count as agreement.
func (l tools) decode(out, aside string, into any) {
	l.t.Helper()
	if err := json.Unmarshal([]byte(out), into); err != nil {
		l.t.Errorf("no answer of a linter: %v:\n%s%s", err, out, aside)
	}
}
