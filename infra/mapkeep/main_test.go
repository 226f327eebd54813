package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"
)

// TestMain lets the test binary be what the program starts of itself.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == asFunctions || os.Args[1] == asObjects) {
		main()
		return
	}
	code := m.Run()
	for _, dir := range shared {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// shared are folders that several tests use and the last one leaves.
var shared []string

// A terminal takes what several goroutines write at once, as a real one does.
type terminal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *terminal) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// A said is how the program ended and what it said.
type said struct {
	args     []string
	code     int
	out, err string
}

// mapkeep runs the program in this process, as main does.
func mapkeep(ctx context.Context, stdin string, args ...string) said {
	var out, errs terminal
	code := program(ctx, args, streams{strings.NewReader(stdin), &out, &errs})
	return said{args, code, out.String(), errs.String()}
}

// ends checks the exit code.
func (s said) ends(t *testing.T, code int) said {
	t.Helper()
	if s.code != code {
		t.Fatalf("mapkeep %q ended with %d, want %d\nout: %s\nerr: %s", s.args, s.code, code, s.out, s.err)
	}
	return s
}

// says checks that a text is in the output or among the errors.
func (s said) says(t *testing.T, texts ...string) said {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.out+s.err, text) {
			t.Errorf("mapkeep %q does not say %q\nout: %s\nerr: %s", s.args, text, s.out, s.err)
		}
	}
	return s
}

// document reads the one JSON document of standard output, strictly.
func document[D any](t *testing.T, s said) D {
	t.Helper()
	var d D
	dec := json.NewDecoder(strings.NewReader(s.out))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		t.Fatalf("mapkeep %q: no document: %v\nout: %s\nerr: %s", s.args, err, s.out, s.err)
	}
	if rest := s.out[dec.InputOffset():]; rest != "\n" {
		t.Errorf("mapkeep %q: %q follows the document", s.args, rest)
	}
	return d
}
