package machinetest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
)

// Got is what a run left: how it ended, what lies in the bucket, and the path
// that the machine took.
type Got struct {
	Status    string // "complete", "partial" or "failed", as the log says; "" without a log
	Execution states.Result
	Folder    string         // key of the run's folder, "" where none was claimed
	Log       *Log           // nil where there is none
	Manifest  *Manifest      // nil where there is none
	Result    catalog.Result // of a complete one: the execution's output
	Tree      []string       // keys in the run's folder, relative to it
	AtOnce    int            // most children at a time
	Took      time.Duration
	Steps     []Step

	t     testing.TB
	night *Night
	run   *run
}

// Log is the JSON log.
type Log struct {
	Info    catalog.Info              `json:"info"`
	Items   map[string]catalog.Logged `json:"items"`
	Skipped map[string]backup.Skipped `json:"skipped"`
	Order   []string                  `json:"-"` // ids as the log has them
}

// Manifest is the manifest.
type Manifest struct {
	catalog.Header
	Items map[string]catalog.Item
	Files []backup.File
}

// got reads what a run left.
func (n *Night) got(r *run, result states.Result) *Got {
	n.t.Helper()
	g := &Got{Execution: result, t: n.t, night: n, run: r, AtOnce: r.most, Steps: r.steps, Took: result.Stopped.Sub(result.Started)}
	if result.Status == states.Succeeded {
		if err := json.Unmarshal(result.Output, &g.Result); err != nil {
			n.t.Errorf("output %s: %v", result.Output, err)
		}
	}
	g.Folder = n.folderOf(result.ID)
	if g.Folder == "" {
		return g
	}
	for _, key := range n.Keys(g.Folder + "/") {
		g.Tree = append(g.Tree, strings.TrimPrefix(key, g.Folder+"/"))
	}
	g.Log = n.log(g.Folder)
	if g.Log != nil {
		g.Status = g.Log.Info.Status
	}
	g.Manifest = n.manifest(g.Folder)
	return g
}

// folderOf finds the folder that an execution claimed.
func (n *Night) folderOf(execution string) string {
	for _, key := range n.Keys(".mapkeep/runs/") {
		var r backup.Run
		if strings.HasSuffix(key, "/run.json") && json.Unmarshal(n.Object(key), &r) == nil && r.Execution == execution {
			return r.Directory
		}
	}
	return ""
}

func (n *Night) log(folder string) *Log {
	n.t.Helper()
	key := folder + "/" + folder[strings.LastIndexByte(folder, '/')+1:] + ".json"
	text := n.Object(key)
	if text == nil {
		return nil
	}
	l := &Log{}
	if err := json.Unmarshal(text, l); err != nil {
		n.t.Errorf("log %s: %v", key, err)
	}
	_, items, err := catalog.ReadLog(bytes.NewReader(text))
	if err != nil {
		n.t.Errorf("log %s: %v", key, err)
		return l
	}
	for item, err := range items {
		if err != nil {
			n.t.Errorf("log %s: %v", key, err)
		}
		l.Order = append(l.Order, item.ID)
	}
	return l
}

func (n *Night) manifest(folder string) *Manifest {
	n.t.Helper()
	text := n.Object(folder + "/manifest.json")
	if text == nil {
		return nil
	}
	m := &Manifest{Items: map[string]catalog.Item{}}
	head, err := catalog.ReadManifest(bytes.NewReader(text), catalog.Visitor{
		Item: func(id string, i catalog.Item) error { m.Items[id] = i; return nil },
		File: func(f backup.File, _, _ int64) error { m.Files = append(m.Files, f); return nil },
	})
	if err != nil {
		n.t.Errorf("manifest of %s: %v", folder, err)
	}
	m.Header = head
	return m
}

// Path is the states that an item went through; "" stands for the run itself.
func (g *Got) Path(item string) []string {
	if item == "" {
		return g.run.main.path
	}
	for _, w := range g.run.children {
		if w.item == item {
			return w.path
		}
	}
	return nil
}

// Waits are the pauses of an item, or with "" those of the run itself.
func (g *Got) Waits(item string) []Wait {
	if item == "" {
		return g.run.main.waits
	}
	for _, w := range g.run.children {
		if w.item == item {
			return w.waits
		}
	}
	return nil
}

// Calls counts the calls of a function (list, export, …), for one item or,
// with "", for none: List and Finish.
func (g *Got) Calls(function, item string) int { return g.run.calls[[2]string{function, item}] }

// Item is what the log says of an item; the test fails where it says nothing.
func (g *Got) Item(id string) catalog.Logged {
	g.t.Helper()
	if g.Log == nil {
		g.t.Fatalf("the run left no log: %s %s", g.Execution.Error, g.Execution.Cause)
	}
	item, ok := g.Log.Items[id]
	if !ok {
		g.t.Fatalf("the log has no item %s; it has %v and skipped %v", id, g.Log.Order, g.Log.Skipped)
	}
	return item
}

// Bad are the ids of the items that failed, in the log's order.
func (g *Got) Bad() []string {
	if g.Log == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(g.Log.Order), func(id string) bool { return g.Log.Items[id].Success })
}
