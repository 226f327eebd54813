package machinetest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/mapkeep/mapkeep/infra"
	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/store"
)

// A run is one execution, watched.
type run struct {
	night *Night
	stop  context.CancelFunc

	mu       sync.Mutex
	calls    map[[2]string]int // function and item -> calls
	children map[int]*walk
	main     walk
	running  int
	most     int
	mapping  bool
	steps    []Step
}

// A walk is the path of one execution.
type walk struct {
	item  string
	path  []string
	waits []Wait
	since time.Time
}

// A Wait is a pause: of a Wait state, or before a step is repeated.
type Wait struct {
	State string
	For   time.Duration
	Error string // what is repeated, "" for a Wait state
}

// A Step is one thing that the machine did, as coverage counts them.
type Step struct {
	Kind  states.Kind
	State string
	To    string // the next state that was entered, of an exit or Caught
	Error string // of Retrying and Caught
}

// Run runs the machine once, to its end.
func (n *Night) Run() *Got {
	n.t.Helper()
	return n.RunInput(nil)
}

// RunInput is Run with an execution's input of the caller's own; nil stands
// for the settings.
func (n *Night) RunInput(input json.RawMessage) *Got {
	n.t.Helper()
	base, given, err := n.split()
	if err != nil {
		n.t.Fatalf("settings: %v", err)
	}
	if input == nil {
		input = given
	}
	machine, err := states.Parse(infra.Machine(), values(n.Store.Bucket(), base))
	if err != nil {
		n.t.Fatalf("read the machine: %v", err)
	}
	if err := n.rooms.open(n.bucket, base); err != nil {
		n.t.Fatal(err)
	}
	n.mu.Lock()
	n.runs++
	name := fmt.Sprintf("night-%d", n.runs)
	n.mu.Unlock()
	ctx, stop := context.WithCancel(n.t.Context())
	defer stop()
	r := &run{night: n, stop: stop, calls: map[[2]string]int{}, children: map[int]*walk{}}
	engine := states.Engine{Machine: machine, Name: n.name, Tasks: functions{n, r}, Objects: mapObjects{n.as("Backup", base.BackupDirectory)}, Clock: n.clock, Observe: r.see}
	n.clock.work(1)
	result := engine.Run(ctx, name, input)
	n.hooks.list = slices.DeleteFunc(n.hooks.list, func(h hook) bool { return h.stop })
	if r.mapping {
		n.clock.work(1)
	}
	n.clock.work(-1)
	n.stamp(n.clock.Now())
	return n.got(r, result)
}

// Together runs several nights at once, and gives what became of each.
func Together(nights ...*Night) []*Got {
	all := make([]*Got, len(nights))
	var group sync.WaitGroup
	for i, n := range nights {
		group.Go(func() { all[i] = n.Run() })
	}
	group.Wait()
	return all
}

// StopsAt ends the next run for good when an item comes to a state, as a
// person does who stops the execution: nothing is closed or finished.
func (n *Night) StopsAt(state, item string) *Night {
	n.hooks.list = append(n.hooks.list, hook{state: state, item: item, stop: true})
	return n
}

// split gives the settings that the stack is made with, and the input.
func (n *Night) split() (backup.Settings, json.RawMessage, error) {
	fixed, input := map[string]any{}, map[string]any{}
	known := map[string]bool{}
	for _, set := range backup.Names() {
		known[set.Name] = set.Fixed
	}
	for name, value := range n.settings {
		if known[name] {
			fixed[name] = value
		} else {
			input[name] = value
		}
	}
	// The tags are only lent: a stack may be made without any.
	fixed["backup_tags"] = []string{"lent"}
	base, err := backup.Parse(encoded(fixed), backup.Defaults())
	base.BackupTags = []string{}
	return base, encoded(input), err
}

// values are what template.yaml puts into the machine.
func values(bucket string, s backup.Settings) map[string]string {
	v := map[string]string{"Bucket": bucket, "MaxRetries": fmt.Sprint(s.MaxRetries), "ExportDelay": fmt.Sprint(s.ExportDelay)}
	for _, name := range []string{"list", "export", "check", "download", "close", "finish"} {
		v[resource(name)] = name
	}
	return v
}

// mapObjects lets the machine read items.json and write the Map's results.
type mapObjects struct{ store *store.Store }

func (o mapObjects) Get(ctx context.Context, _, key string) (io.ReadCloser, error) {
	body, _, err := o.store.Reader(ctx, key)
	return body, err
}

func (o mapObjects) Put(ctx context.Context, _, key string, body io.Reader, _ int64) error {
	_, _, err := o.store.Upload(ctx, key, body, store.UploadOptions{})
	return err
}
