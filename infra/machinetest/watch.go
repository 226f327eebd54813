package machinetest

import (
	"encoding/json"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

// see takes an event: it keeps the paths, tells the clock who works, and does
// what was asked for in the middle of a run.
func (r *run) see(e states.Event) {
	switch e.Kind {
	case states.MapStarted:
		r.inMap(true)
	case states.ChildStarted:
		r.night.clock.work(1)
		r.start(e)
	case states.ChildEnded:
		r.mu.Lock()
		r.running--
		r.mu.Unlock()
		r.night.clock.work(-1)
	case states.StateEntered:
		r.enter(e)
	case states.StateExited, states.Caught:
		if e.Child < 0 && e.State == "BackUpItems" {
			r.inMap(false)
		}
		r.leave(e)
	case states.Retrying:
		if item := r.note(e, Wait{e.State, e.Wait, e.Error}); r.night.hooks.entered(e.State+" again", item) {
			r.stop()
		}
	}
}

// inMap says that the parent is blocked in its Map, or goes on.
func (r *run) inMap(in bool) {
	r.mu.Lock()
	changed := r.mapping != in
	r.mapping = in
	r.mu.Unlock()
	switch {
	case changed && in:
		r.night.clock.work(-1)
	case changed:
		r.night.clock.work(1)
	}
}

func (r *run) start(e states.Event) {
	var input struct{ Docket struct{ Item string } }
	if err := json.Unmarshal(e.Data(), &input); err != nil {
		r.night.t.Errorf("input of child %d: %v", e.Child, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.children[e.Child] = &walk{item: input.Docket.Item}
	r.running++
	r.most = max(r.most, r.running)
}

// walk is the execution that an event is of. The caller holds the lock.
func (r *run) walk(e states.Event) *walk {
	if e.Child < 0 {
		return &r.main
	}
	return r.children[e.Child]
}

func (r *run) enter(e states.Event) {
	r.mu.Lock()
	w := r.walk(e)
	if len(w.path) > 0 {
		r.steps = append(r.steps, Step{Kind: states.StateEntered, State: w.path[len(w.path)-1], To: e.State})
	}
	w.path, w.since = append(w.path, e.State), e.Time
	r.mu.Unlock()
	if r.night.hooks.entered(e.State, w.item) {
		r.stop()
	}
}

func (r *run) leave(e states.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steps = append(r.steps, Step{Kind: e.Kind, State: e.State, Error: e.Error})
	if w := r.walk(e); waits[e.State] {
		w.waits = append(w.waits, Wait{State: e.State, For: e.Time.Sub(w.since)})
	}
}

// waits are the machine's Wait states.
var waits = map[string]bool{"ListLater": true, "ExportLater": true, "WaitForExport": true, "DownloadLater": true, "CloseLater": true}

// note keeps a pause before a repetition and gives the item it is of.
func (r *run) note(e states.Event, wait Wait) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steps = append(r.steps, Step{Kind: e.Kind, State: e.State, Error: e.Error})
	w := r.walk(e)
	w.waits = append(w.waits, wait)
	return w.item
}

// count counts a call and gives its number.
func (r *run) count(function, item string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls[[2]string{function, item}]++
	return r.calls[[2]string{function, item}]
}
