package content

import (
	"fmt"
	"io"

	"github.com/mapkeep/mapkeep/internal/fault"
)

const (
	headSize = 64 << 10 // enough for every magic and for the portal's longest error
	tailSize = 1 << 20  // a zip's end record and a directory of about 10,000 entries
)

// A Watch sees bytes pass, from the first to the last, and keeps the first
// 64 KiB until it has judged them and the last MiB.
type Watch struct {
	check  Check
	seen   int64
	head   []byte // until judged
	judged bool
	find   finding
	json   *scan
	tail   ring
}

// State is a Watch put away for another process, between two Writes. The tail
// is not in it: Finish looks at the source again for what it needs of that.
type State struct {
	Seen   int64  `json:"seen"`
	Head   []byte `json:"head,omitempty"`
	Judged bool   `json:"judged"`
	Kind   string `json:"kind"`
	Least  int64  `json:"least"`
	JSON   *scan  `json:"json,omitempty"`
}

// A Look opens n bytes of the source from at on. It is used once all bytes
// have been seen, for a zip's directory that the tail does not hold.
type Look func(at, n int64) (io.ReadCloser, error)

// Start is a Watch that has seen nothing yet.
func (c Check) Start() *Watch { return &Watch{check: c} }

// Resume is the Watch that State put away. A state of another check, or of
// nobody's making, makes a Watch that judges by it; it can't do worse than
// refuse good bytes or miss what the state says was seen.
func (c Check) Resume(s State) *Watch {
	w := &Watch{check: c, seen: s.Seen, head: s.Head, judged: s.Judged, find: finding{s.Kind, s.Least}, json: s.JSON}
	w.tail.end = s.Seen
	return w
}

// State puts the Watch away; it can be used on.
func (w *Watch) State() State {
	s := State{Seen: w.seen, Head: w.head, Judged: w.judged, Kind: w.find.kind, Least: w.find.least}
	if w.json != nil {
		c := *w.json
		c.Open = append([]byte(nil), c.Open...)
		s.JSON = &c
	}
	return s
}

// Write sees the next bytes. Its error is the verdict on them: nothing more
// needs to be read.
func (w *Watch) Write(p []byte) (int, error) {
	w.seen += int64(len(p))
	w.tail.write(p)
	if w.judged {
		return len(p), w.feed(p)
	}
	w.head = append(w.head, p[:min(len(p), headSize-len(w.head))]...)
	if len(w.head) < headSize {
		return len(p), nil
	}
	rest := p[len(p)-int(w.seen-headSize):]
	if err := w.judge(false); err != nil {
		return len(p), err
	}
	return len(p), w.feed(rest)
}

// Finish judges the whole, when all bytes have been seen. said is how many
// the portal says there are, -1 where it does not say.
func (w *Watch) Finish(said int64, look Look) error {
	if w.seen == 0 {
		return w.empty(said)
	}
	if !w.judged {
		if err := w.judge(true); err != nil {
			return err
		}
	}
	switch {
	case w.seen < w.find.least:
		return refuse("%s is cut short: it has %d of at least %d bytes", w.check.thing(), w.seen, w.find.least)
	case w.json != nil:
		return w.named(w.json.finish())
	case w.find.kind == zipKind:
		return w.check.zip(source{w.tail, w.seen, look})
	}
	return nil
}

// empty: no bytes are good only where the portal says that there are none,
// and never for an export.
func (w *Watch) empty(said int64) error {
	if said == 0 && w.check.expect != anExport {
		return nil
	}
	return fault.As(fault.ContentInvalid, fmt.Errorf("%s is empty: %w", w.check.thing(), ErrNoData))
}

func (w *Watch) judge(whole bool) error {
	head := w.head
	w.head, w.judged = nil, true
	find, err := w.check.judge(head, whole)
	if err != nil {
		return err
	}
	w.find = find
	if find.kind != jsonKind {
		return nil
	}
	w.json = &scan{}
	return w.feed(head)
}

func (w *Watch) feed(p []byte) error {
	if w.json == nil {
		return nil
	}
	return w.named(w.json.write(p))
}

func (w *Watch) named(err error) error {
	if err == nil {
		return nil
	}
	return refuse("%s is not whole: %w", w.check.thing(), err)
}

// ring keeps the last bytes that passed.
type ring struct {
	buf []byte
	end int64 // how many bytes passed
}

func (r *ring) write(p []byte) {
	r.end += int64(len(p))
	if len(p) >= tailSize {
		r.buf = append(r.buf[:0], p[len(p)-tailSize:]...)
		return
	}
	if over := len(r.buf) + len(p) - 2*tailSize; over > 0 { // move seldom: twice the size is kept
		r.buf = append(r.buf[:0], r.buf[len(r.buf)-tailSize:]...)
	}
	r.buf = append(r.buf, p...)
}

// from gives the kept bytes from at on, or nil where they are not kept.
func (r *ring) from(at int64) []byte {
	begin := r.end - int64(len(r.buf))
	if at < begin || at > r.end {
		return nil
	}
	return r.buf[at-begin:]
}
