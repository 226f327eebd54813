package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/entry"
)

// A view shows how a run goes: one live picture on a terminal, a line for
// each item otherwise. With --json all of it goes to standard error.
type view struct {
	out  io.Writer
	live *live // nil where lines are printed

	printing sync.Mutex // one line at a time

	mu     sync.Mutex
	begun  time.Time
	listed time.Time // when the items were known
	stage  string    // the machine's state, in words
	all    int
	good   int
	failed int
	bytes  int64
	open   map[int]shown // by index of the item
}

// shown is an item under way.
type shown struct {
	docket backup.Docket
	doing  string
	began  time.Time // the item
	since  time.Time // what is done with it now
	index  int
	came   int64 // bytes of its file, as far as is known before it is whole
	of     int64
}

// newView shows on standard output, or on standard error beside --json.
func newView(a *app) *view {
	v := &view{out: a.out, open: map[int]shown{}}
	if a.json {
		v.out = a.err
	}
	if !a.verbose {
		v.live = newLive(v.out, v)
	}
	return v
}

// start begins showing.
func (v *view) start() {
	v.mu.Lock()
	v.begun = time.Now()
	v.mu.Unlock()
	if v.live != nil {
		v.live.start()
	}
}

// end stops the live picture; what comes after stays below it.
func (v *view) end() {
	if v.live != nil {
		v.live.stop()
	}
}

// note says something beside the items.
func (v *view) note(format string, args ...any) {
	text := line(fmt.Sprintf(format, args...))
	if v.live != nil && v.live.note(text) {
		return
	}
	v.printing.Lock()
	defer v.printing.Unlock()
	fmt.Fprintln(v.out, text)
}

// total says how many items there are.
func (v *view) total(n int) {
	v.mu.Lock()
	v.all, v.listed = n, time.Now()
	v.mu.Unlock()
	if v.live == nil {
		v.note("items to back up: %d", n)
	}
}

// stages are the states of the run as a whole that last, in words.
var stages = map[string]string{
	"List": "reading the portal", "BackUpItems": "backing up", "Finish": "writing log and manifest",
}

// state says where the run as a whole stands.
func (v *view) state(name string) {
	v.mu.Lock()
	v.stage = stages[name]
	v.mu.Unlock()
}

// step says where an item stands.
func (v *view) step(index int, d backup.Docket, state string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := time.Now()
	s, known := v.open[index]
	if !known {
		s.began, s.index = now, index
	}
	if does := doing(state, d); does != s.doing {
		s.doing, s.since, s.came, s.of = does, now, 0, 0
	}
	s.docket = d
	v.open[index] = s
}

// moved says how much of an item's file has come.
func (v *view) moved(index int, came, of int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if s, open := v.open[index]; open && s.doing == downloading {
		s.came, s.of = came, of
		v.open[index] = s
	}
}

// downloading is what is said of an item whose bytes are on the way.
const downloading = "downloading"

// doing says in a word what a state does, and keeps to it while an export is
// looked at again and again.
func doing(state string, d backup.Docket) string {
	switch {
	case state == "Download":
		return downloading
	case state == "Close", d.Closed:
		return "closing"
	case d.Export.State == backup.ExportPending:
		return "exporting"
	case d.Wait > 0:
		return "waiting"
	}
	return "starting"
}

// retry says that a step of an item is repeated.
func (v *view) retry(index int, state, name string, wait time.Duration) {
	v.mu.Lock()
	s := v.open[index]
	s.doing, s.since = "retrying", time.Now()
	v.open[index] = s
	v.mu.Unlock()
	if v.live == nil {
		v.note("  %s: %s met %s and is repeated in %s", s.docket.Title, state, name, wait.Round(100*time.Millisecond))
	}
}

// done says that an item has ended.
func (v *view) done(index int, good bool, name, cause string) {
	v.mu.Lock()
	d := v.open[index].docket
	delete(v.open, index)
	interrupted := !good && name == ""
	switch {
	case good:
		v.good++
		v.bytes += d.Bytes
	case !interrupted:
		v.failed++
	}
	head := fmt.Sprintf("[%*d/%d]", len(fmt.Sprint(v.all)), v.good+v.failed, v.all)
	v.mu.Unlock()
	switch {
	case interrupted:
	case !good:
		said, _ := entry.Said(backup.Caught{Error: name, Cause: cause})
		v.note("%s FAILED %s (%s): %s", head, d.Title, d.Type, said)
	case v.live == nil:
		v.note("%s %-6s %s (%s, %s)", head, verb(d), d.Title, d.Type, amount(d.Bytes))
	}
}

// verb says in a word what was done.
func verb(d backup.Docket) string {
	switch {
	case d.Failure.Error != "":
		return "gone"
	case d.Way == backup.ByCopy:
		return "same"
	}
	return "done"
}
