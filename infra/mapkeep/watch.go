package main

import (
	"encoding/json"
	"sync"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/backup/finish"
)

// A watch follows an execution by its events, as the console would.
type watch struct {
	view *view

	mu     sync.Mutex
	answer *finish.Answer
}

// see takes one event.
func (w *watch) see(e states.Event) {
	switch {
	case e.Child >= 0:
		w.seeItem(e)
	case e.Kind == states.StateExited && e.State == "List":
		var data struct{ List backup.Listed }
		if json.Unmarshal(e.Data(), &data) == nil {
			w.view.total(data.List.Total)
		}
	case e.Kind == states.StateExited && e.State == "Finish":
		var data struct {
			Finish struct{ Answer *finish.Answer }
		}
		if json.Unmarshal(e.Data(), &data) == nil {
			w.mu.Lock()
			w.answer = data.Finish.Answer
			w.mu.Unlock()
		}
	case e.Kind == states.StateEntered:
		w.view.state(e.State)
	}
}

// seeItem takes an event of one item's execution.
func (w *watch) seeItem(e states.Event) {
	switch e.Kind {
	case states.StateEntered:
		if d, ok := docket(e.Data()); ok {
			w.view.step(e.Child, d, e.State)
		}
	case states.Retrying:
		w.view.retry(e.Child, e.State, e.Error, e.Wait)
	case states.ChildEnded:
		w.view.done(e.Child, e.Status == states.Succeeded, e.Error, e.Cause)
	}
}

// docket reads a child state's data.
func docket(data json.RawMessage) (backup.Docket, bool) {
	var at struct{ Docket backup.Docket }
	err := json.Unmarshal(data, &at)
	return at.Docket, err == nil && at.Docket.Item != ""
}

// finished is what Finish answered last.
func (w *watch) finished() (finish.Answer, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.answer == nil {
		return finish.Answer{}, false
	}
	return *w.answer, true
}
