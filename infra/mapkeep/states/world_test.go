package states_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

// functions is Tasks as a Go function.
type functions func(ctx context.Context, function string, payload json.RawMessage) (json.RawMessage, error)

func (f functions) Invoke(ctx context.Context, function string, payload json.RawMessage) (json.RawMessage, error) {
	return f(ctx, function, payload)
}

// echo answers with its payload.
func echo(_ context.Context, _ string, payload json.RawMessage) (json.RawMessage, error) {
	return payload, nil
}

// clock moves only when somebody sleeps, and remembers how long.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

var start = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

func newClock() *clock { return &clock{now: start} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

// bucket is Objects in memory.
type bucket struct {
	mu      sync.Mutex
	objects map[string][]byte
}

func (b *bucket) Get(_ context.Context, name, key string) (io.ReadCloser, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, ok := b.objects[name+"/"+key]
	if !ok {
		return nil, fmt.Errorf("NoSuchKey")
	}
	return io.NopCloser(bytes.NewReader(body)), nil
}

func (b *bucket) Put(_ context.Context, name, key string, body io.Reader, size int64) error {
	data, err := io.ReadAll(body)
	if err != nil || int64(len(data)) != size {
		return fmt.Errorf("body of %d bytes (%v), size %d", len(data), err, size)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.objects == nil {
		b.objects = map[string][]byte{}
	}
	b.objects[name+"/"+key] = data
	return nil
}

// parse is Parse of a definition that must be good.
func parse(t testing.TB, definition string) *states.Machine {
	t.Helper()
	m, err := states.Parse([]byte(definition), nil)
	if err != nil {
		t.Fatalf("Parse: %v\n%s", err, definition)
	}
	return m
}

// one is a machine of one state S with these fields.
func one(fields string) string { return `{"StartAt": "S", "States": {"S": {` + fields + `}}}` }

// run runs a definition once, with a clock of its own.
func run(t testing.TB, definition, input string, tasks functions) states.Result {
	t.Helper()
	e := states.Engine{Machine: parse(t, definition), Name: "m", Tasks: tasks, Clock: newClock()}
	return e.Run(t.Context(), "r", json.RawMessage(input))
}

// want compares a result with a status and either its output or its error.
func want(t testing.TB, r states.Result, status, text string) {
	t.Helper()
	got := r.Error
	if r.Status == states.Succeeded {
		got = string(r.Output)
	}
	if r.Status != status || got != text {
		t.Errorf("Run: got %s %s (%s), want %s %s", r.Status, got, r.Cause, status, text)
	}
}
