//go:build localstack

package runs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// facts are what can be said of a side, one line each by what it is about, in
// groups. What differs from run to run is named by what it is: <run 1>.
type facts map[string]map[string]string

func (f facts) note(group, about, what string) {
	if f[group] == nil {
		f[group] = map[string]string{}
	}
	f[group][about] = what
}

// groups are those of either side.
func groups(local, cloud facts) []string {
	all := maps.Clone(local)
	maps.Copy(all, cloud)
	return slices.Sorted(maps.Keys(all))
}

// gather looks at all that the nights of a side have left.
func gather(ctx context.Context, at side, p *arcgistest.Portal, ends []ended) (facts, error) {
	f := facts{}
	verified, err := at.verify(ctx)
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	calls, err := at.calls(ctx)
	if err != nil {
		return nil, fmt.Errorf("calls: %w", err)
	}
	undone, err := at.undone(ctx)
	if err != nil {
		return nil, fmt.Errorf("versions: %w", err)
	}
	bucket, done, err := at.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	defer done()
	objects, err := read(ctx, bucket)
	if err != nil {
		return nil, fmt.Errorf("read the bucket: %w", err)
	}
	w := newWords(p, at.place(), bucket.Bucket(), objects)
	for n, end := range ends {
		about := fmt.Sprintf("night %d ", n+1)
		f.note("execution", about+"status", end.Status)
		f.note("execution", about+"error", end.Error)
		f.note("execution", about+"cause", w.plain(end.Cause))
		f.flatten("execution", about+"output", end.Output, w)
	}
	f.flatten("verify", "", verified, w)
	f.note("backups", "overwritten or deleted", undone)
	f.called(calls, w)
	f.asked(p)
	for _, o := range objects {
		f.object(o, w)
	}
	return f, nil
}

// called says in which order an item's functions were called, and how often.
// How often Check looks depends on the hour, and is left out.
func (f facts) called(calls []call, w *words) {
	paths := map[string][]string{}
	for _, c := range calls {
		about := w.plain(strings.TrimSpace(c.Run + " " + c.Item))
		paths[about] = append(paths[about], c.Room)
	}
	for about, path := range paths {
		var said []string
		for len(path) > 0 {
			room, n := path[0], 0
			for n < len(path) && path[n] == room {
				n++
			}
			if path = path[n:]; n > 1 && room != "check" {
				room = fmt.Sprintf("%s x %d", room, n)
			}
			said = append(said, room)
		}
		f.note("calls", "run "+about, strings.Join(said, ", "))
	}
}

// asked says what the portal was asked to do and what it was left with.
func (f facts) asked(p *arcgistest.Portal) {
	for _, item := range p.Items() {
		if item.Export {
			f.note("portal", item.Source+" left", "an export")
			continue
		}
		for _, endpoint := range []string{arcgistest.Export, arcgistest.Delete} {
			f.note("portal", item.ID+" "+endpoint, fmt.Sprint(p.Count(endpoint, item.ID)))
		}
	}
	f.note("portal", "what no client should do", strings.Join(p.Violations(), "; "))
}

// flatten notes each value of a JSON document on its own.
func (f facts) flatten(group, about string, document json.RawMessage, w *words) {
	var v any
	if len(document) == 0 {
		return
	}
	if err := json.Unmarshal(document, &v); err != nil {
		f.note(group, about, w.plain(string(document)))
		return
	}
	f.value(group, about, v, w)
}

func (f facts) value(group, about string, v any, w *words) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			f.note(group, about, "{}")
		}
		for name, value := range v {
			f.value(group, about+" ."+w.plain(name), value, w)
		}
	case []any:
		if len(v) == 0 {
			f.note(group, about, "[]")
		}
		for n, value := range v {
			f.value(group, fmt.Sprintf("%s [%s]", about, w.index(n, value)), value, w)
		}
	case string:
		f.note(group, about, w.plain(v))
	default:
		text, _ := json.Marshal(v)
		f.note(group, about, w.number(about, string(text)))
	}
}
