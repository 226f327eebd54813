package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sync/errgroup"
)

// The program's stories, told through the program itself: a script sees what
// a person sees. Besides testscript's own words a script has these.
//
//	ends CODE PROGRAM ARG…              runs a program to its end and wants this exit code
//	document [-in FILE] [PATH=VALUE …]  standard output is one JSON document with these values, and nothing else
//	portal … edit … and others of script_portal_test.go
//	children … signal … and others of script_process_test.go
//	store … spoil … and others of script_place_test.go
func TestScripts(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the scripts use sh and signals")
	}
	hearing()
	bin := t.TempDir()
	must(t, os.Symlink(self(t), filepath.Join(bin, "mapkeep")))
	words := map[string]func(*testscript.TestScript, bool, []string){"ends": ends, "document": isDocument}
	maps.Copy(words, portalWords)
	maps.Copy(words, processWords)
	maps.Copy(words, placeWords)
	scripts := together{T: t, group: &errgroup.Group{}}
	scripts.group.SetLimit(atOnce)
	deadline, _ := t.Deadline()
	testscript.RunT(scripts, testscript.Params{
		Dir: filepath.Join("testdata", "script"), Cmds: words, RequireExplicitExec: true, RequireUniqueNames: true,
		Condition: condition, Deadline: deadline,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", bin+string(filepath.ListSeparator)+env.Getenv("PATH"))
			env.Setenv("HOME", env.WorkDir)
			env.Values[taleKey{}] = &tale{}
			return nil
		},
	})
	_ = scripts.group.Wait()
}

// Scripts wait more than they work: so many go at once, whatever the number
// of processors. Each has about ten processes of 40 MB.
const atOnce = 6

// A together runs scripts beside each other. What follows from a script is
// its own test's.
type together struct {
	*testing.T
	group *errgroup.Group
}

// Parallel does nothing: Run has seen to it.
func (together) Parallel() {}

// Verbose says whether -v was given.
func (together) Verbose() bool { return testing.Verbose() }

// Run begins one script, once there is room for it.
func (g together) Run(name string, script func(testscript.T)) {
	g.group.Go(func() error {
		g.T.Run(name, func(t *testing.T) { script(together{t, g.group}) })
		return nil
	})
}

// The test binary is the program when it is called so.
func init() {
	if filepath.Base(os.Args[0]) == "mapkeep" {
		main()
		os.Exit(0)
	}
}

// self is the test binary.
func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	must(t, err)
	return path
}

// A tale is what a script has at hand.
type tale struct {
	portal   scriptPortal
	calls    atomic.Int32 // that the mute host took
	watched  *exec.Cmd    // in the background, sent a signal
	children []process    // of the program, when they were counted
}

type taleKey struct{}

func taleOf(ts *testscript.TestScript) *tale { return ts.Value(taleKey{}).(*tale) }

// arguments ends the script unless there are as many as the usage says.
func arguments(ts *testscript.TestScript, neg bool, args []string, least int, usage string) {
	if neg || len(args) < least {
		ts.Fatalf("usage: %s", usage)
	}
}

func ends(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 2, "ends CODE PROGRAM [ARG…]")
	wantCode(ts, args[0], ts.Exec(args[1], args[2:]...))
}

// wantCode looks for the code in how a process ended.
func wantCode(ts *testscript.TestScript, want string, err error) {
	code := 0
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		code = failed.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(code) != want {
		ts.Fatalf("it ended with %d, want %s", code, want)
	}
}

// isDocument reads a value by its path: names and numbers between dots,
// length for how many. A value is compared as JSON, or as a text.
func isDocument(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 0, "document [-in FILE] [PATH=VALUE…]")
	from := "stdout"
	if len(args) > 1 && args[0] == "-in" {
		from, args = args[1], args[2:]
	}
	text := ts.ReadFile(from)
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var whole map[string]any
	if err := dec.Decode(&whole); err != nil {
		ts.Fatalf("no document in %s: %v", from, err)
	}
	if rest := text[dec.InputOffset():]; strings.TrimPrefix(rest, "\n") != "" {
		ts.Fatalf("%q follows the document in %s", rest, from)
	}
	for _, arg := range args {
		path, want, _ := strings.Cut(arg, "=")
		if got := valueAt(whole, path); got != want {
			ts.Fatalf("%s is %s, want %s", path, got, want)
		}
	}
}

// valueAt is a document's value as a script writes it.
func valueAt(value any, path string) string {
	for step := range strings.SplitSeq(path, ".") {
		var n int
		switch at := value.(type) {
		case map[string]any:
			there := false
			if value, there = at[step]; !there && step != "length" {
				return "not there"
			} else if !there {
				value = len(at)
			}
		case []any:
			if step == "length" {
				value = len(at)
			} else if _, err := fmt.Sscan(step, &n); err == nil && n < len(at) {
				value = at[n]
			} else {
				return "not there"
			}
		default:
			return "not there"
		}
	}
	if text, ok := value.(string); ok {
		return text
	}
	text, _ := json.Marshal(value)
	return string(text)
}

// condition says what this computer can do.
func condition(name string) (bool, error) {
	switch name {
	case "proc":
		_, err := os.Stat("/proc/self/stat")
		return err == nil, nil
	case "mount":
		return mounts(), nil
	}
	return false, fmt.Errorf("no condition %q: there are proc and mount", name)
}
