package transfer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

// ticking is a clock that goes on by step each time it is read.
func ticking(step time.Duration) func() time.Time {
	var mu sync.Mutex
	now := time.Date(2026, 11, 23, 4, 5, 6, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(step)
		return now
	}
}

// soon is a Job whose time is up after its first part.
func soon(j transfer.Job) transfer.Job {
	j.Now = ticking(time.Second)
	j.Stop = j.Now()
	return j
}

// saved gives the numbers of the parts in the checkpoint. The local server may
// still be at one, and does not put bytes and checksum into place at once.
func (p place) saved(t *testing.T) []int {
	t.Helper()
	text, err := p.Get(t.Context(), checkpoint)
	for errors.Is(err, store.ErrAltered) {
		text, err = p.Get(t.Context(), checkpoint)
	}
	if err != nil {
		t.Fatalf("Get(%q): %v", checkpoint, err)
	}
	var c struct{ Parts []struct{ Number int } }
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatalf("the checkpoint %s: %v", text, err)
	}
	numbers := []int{}
	for _, part := range c.Parts {
		numbers = append(numbers, part.Number)
	}
	return numbers
}

func TestHandsOverAndGoesOn(t *testing.T) {
	t.Parallel()
	for _, chunked := range []bool{false, true} {
		p, body := bucket(t), bytesOf(3*chunk+7)
		w := serve(t, &web{body: body, chunked: chunked})
		var got transfer.Result
		for sitting := int64(0); sitting < 4; sitting++ {
			got = move(t, soon(p.job(w)))
			starts, want := w.starts(), []int64{0, sitting * chunk}
			if sitting == 0 {
				want = want[:1] // the first question brings the first part
			}
			if bytes := min(chunk, int64(len(body))-sitting*chunk); !cmp.Equal(want, starts) || got.Whole != (sitting == 3) || got.Moved != bytes {
				t.Errorf("sitting %d asked for bytes from %v and moved %d, whole %v; want %v and %d", sitting+1, starts, got.Moved, got.Whole, want, bytes)
			}
		}
		p.holds(t, got, body)
		again := move(t, p.job(w)) // the process died before it could say that all is done
		p.holds(t, again, body)
		if starts := w.starts(); again.Moved != 0 || !cmp.Equal([]int64{0}, starts) {
			t.Errorf("Move of a complete object moved %d bytes and asked for %v, want none and a look at the first", again.Moved, starts)
		}
	}
}

// A process that is killed leaves a checkpoint with gaps, since its streams
// end in no order. No part in it is asked for again.
func TestAKilledTransferGoesOn(t *testing.T) {
	t.Parallel()
	for _, stuck := range [][]int64{{0}, {chunk}, {chunk, 2 * chunk}, {3 * chunk}, {0, chunk, 2 * chunk, 3 * chunk}} {
		t.Run(fmt.Sprint(stuck), func(t *testing.T) {
			t.Parallel()
			p, body := bucket(t), bytesOf(4*chunk)
			ctx, kill := context.WithCancel(t.Context())
			release := make(chan struct{})
			w := serve(t, &web{body: body})
			w.answers = func(from int64, _ int) fate {
				if slices.Contains(stuck, from) {
					return fate{hang: release}
				}
				return fate{}
			}
			j := p.job(w)
			var done atomic.Int32
			j.Store = p.wired(t, func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
				if isSave(r) { // what was sent when the kill came arrives, here before it is looked at
					*r = *r.WithContext(context.WithoutCancel(r.Context()))
				}
				answer, err := send()
				if isPart(r) && int(done.Add(1)) == 4-len(stuck) {
					kill()
				}
				return answer, err
			})
			if len(stuck) == 4 {
				w.during = func(w *web) {
					if len(w.asked) == 4 {
						kill()
					}
				}
			}
			if _, err := transfer.Move(ctx, j); !errors.Is(err, context.Canceled) {
				t.Fatalf("Move that was killed: %v, want context.Canceled", err)
			}
			close(release)
			kept := p.saved(t)
			w.set(func(w *web) { w.answers, w.during, w.asked = nil, nil, nil })
			got := move(t, p.job(w))
			p.holds(t, got, body)
			starts := w.starts()[1:] // after the look at the first part
			for _, n := range kept {
				if n > 1 && slices.Contains(starts, int64(n-1)*chunk) {
					t.Errorf("part %d of the checkpoint %v was asked for again: %v", n, kept, starts)
				}
			}
			if want := int64(len(body) - len(kept)*chunk); got.Moved != want {
				t.Errorf("Move with the checkpoint %v moved %d bytes, want %d", kept, got.Moved, want)
			}
		})
	}
}

// The time that a hand-over needs is kept back even when parts get stuck. A
// part that comes while the last checkpoint is being written is in the next.
func TestPartsThatOutlastTheTime(t *testing.T) {
	t.Parallel()
	p, body := bucket(t), bytesOf(3*chunk)
	release, up := make(chan struct{}), make(chan time.Time)
	saving, came := make(chan struct{}), make(chan struct{})
	w := serve(t, &web{body: body})
	w.answers = func(from int64, _ int) fate {
		if from == chunk {
			return fate{hang: release}
		}
		return fate{}
	}
	j := p.job(w)
	j.Stop = time.Now().Add(24 * time.Hour)
	j.After = func(d time.Duration) <-chan time.Time {
		if d > time.Hour {
			return up
		}
		return nil
	}
	var saves atomic.Int32
	j.Store = p.wired(t, func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		switch {
		case isSave(r) && saves.Add(1) == 2: // with part 1; the first has none
			close(saving)
			<-came
		case isPart(r) && r.URL.Query().Get("partNumber") == "3":
			<-saving
			defer close(came)
		}
		answer, err := send()
		if isSave(r) && len(p.saved(t)) == 2 {
			close(up)
		}
		return answer, err
	})
	if got := move(t, j); got.Whole || !cmp.Equal(p.saved(t), []int{1, 3}) {
		t.Errorf("Move with a part that hangs: whole %v, the checkpoint has %v; want the parts 1 and 3", got.Whole, p.saved(t))
	}
	close(release)
	w.set(func(w *web) { w.answers = nil })
	p.holds(t, move(t, p.job(w)), body)
}

// A checkpoint that is being written when the last part comes is written to its
// end: one that was dropped half-way could still arrive, after the next.
func TestACheckpointIsNotDropped(t *testing.T) {
	t.Parallel()
	p, body := bucket(t), bytesOf(2*chunk)
	w := serve(t, &web{body: body})
	saving, came := make(chan struct{}), make(chan struct{})
	var saves atomic.Int32
	j := p.job(w)
	j.Store = p.wired(t, func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		switch {
		case isSave(r) && saves.Add(1) == 2: // with part 1; the first has none
			close(saving)
			<-came
			p.uploads(t) // a question's time for the streams to end
		case isPart(r) && r.URL.Query().Get("partNumber") == "2":
			<-saving
			defer close(came)
		}
		answer, err := send()
		if isSave(r) && err != nil {
			t.Errorf("the checkpoint was not written: %v", err)
		}
		return answer, err
	})
	p.holds(t, move(t, j), body)
}

// However far a transfer came, and even when its object is complete, bytes
// that have changed since are taken again.
func TestBeginsAnewWhenTheSourceChanged(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	for sittings := 1; sittings <= 3; sittings++ {
		w := serve(t, &web{body: bytesOf(2*chunk + 1), etag: fmt.Sprintf(`"%d"`, sittings)})
		for n := range sittings {
			if got := move(t, soon(p.job(w))); got.Whole != (n == 2) {
				t.Fatalf("sitting %d: Move is whole %v", n+1, got.Whole)
			}
		}
		changed := fmt.Appendf(nil, "changed after %d %s", sittings, bytesOf(chunk))
		w.set(func(w *web) { w.body, w.etag = changed, fmt.Sprintf(`"changed %d"`, sittings) })
		p.holds(t, move(t, p.job(w)), changed)
	}
}

// A check's state travels in the checkpoint, and what the tail lacks is asked
// of the source again. JSON is judged byte by byte, so it comes by one stream.
func TestChecksGoOnToo(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	list := fmt.Appendf(nil, `["%s", {"a": [1]}]`, strings.Repeat("long ", 2*chunk/5))
	for _, c := range []struct {
		check content.Check
		body  []byte
	}{
		{content.Export("File Geodatabase"), archive("parks.gdb/a1.gdbtable", 2*chunk-80)},
		{content.Text(), list},
	} {
		w := serve(t, &web{body: c.body, etag: fmt.Sprintf(`"%d"`, len(c.body))})
		j := p.job(w)
		j.Check = c.check
		w.answers = func(from int64, ask int) fate { return fate{cut: ask == 2} }
		var got transfer.Result
		for sittings := 0; !got.Whole && sittings < 6; sittings++ {
			got = move(t, soon(j))
		}
		p.holds(t, got, c.body)
	}
}

func TestJSONIsJudgedInOrder(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	for _, end := range []string{`"]`, `"`} {
		w := serve(t, &web{body: fmt.Appendf(nil, `["%s%s`, strings.Repeat("long ", 2*chunk/5), end), etag: fmt.Sprintf("%q", end)})
		w.answers = func(from int64, ask int) fate { return fate{cut: ask == 2 || ask == 4} }
		j := p.job(w)
		j.Check = content.Text()
		if end == `"` {
			wantKind(t, j, fault.ContentInvalid, "ends too early")
			continue
		}
		p.holds(t, move(t, j), w.body)
		if starts := w.starts(); !cmp.Equal(starts, []int64{0, chunk, chunk, 2 * chunk, 2 * chunk}) {
			t.Errorf("JSON in three parts, two of them cut, was asked from %v", starts)
		}
	}
	if n := p.uploads(t); n != 0 {
		t.Errorf("%d uploads are left, want none", n)
	}
}

func TestACheckpointThatCantBeUsed(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	body := bytesOf(chunk + 1)
	w := serve(t, &web{body: body})
	ctx := t.Context()
	move(t, soon(p.job(w)))
	good, err := p.Get(ctx, checkpoint)
	if err != nil {
		t.Fatalf("Get(%q): %v", checkpoint, err)
	}
	for name, text := range map[string]string{
		"no JSON":          "x",
		"empty":            "",
		"of nothing":       "{}",
		"another key":      strings.Replace(string(good), "Trail", "Other", 1),
		"another upload":   strings.Replace(string(good), `"upload":"`, `"upload":"0`, 1),
		"another source":   strings.Replace(string(good), `"etag":"\"1\""`, `"etag":"\"2\""`, 1),
		"another length":   strings.Replace(string(good), `"size":16777217`, `"size":16777218`, 1),
		"a shorter part":   strings.Replace(string(good), `"number":1,"size":16777216`, `"number":1,"size":16777215`, 1),
		"no sums":          strings.Replace(string(good), `"sha256":"`, `"sha512":"`, 1),
		"a part too many":  strings.Replace(string(good), `"number":1`, `"number":3`, 1),
		"minus parts":      strings.Replace(string(good), `"number":1`, `"number":-1`, 1),
		"other bytes sent": strings.Replace(string(good), `"crc64nvme":"`, `"crc64nvme":"1`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			if text == string(good) {
				t.Fatalf("the checkpoint has nothing to spoil: %s", good)
			}
			if err := p.Put(ctx, checkpoint, []byte(text), ""); err != nil {
				t.Fatalf("Put: %v", err)
			}
			got := move(t, p.job(w))
			if got.Moved != int64(len(body)) {
				t.Errorf("Move moved %d bytes, want all %d", got.Moved, len(body))
			}
			p.endUploads(t) // the one that the spoilt checkpoint no longer names
			p.holds(t, got, body)
		})
	}
	t.Run("an upload that is gone", func(t *testing.T) {
		move(t, soon(p.job(w)))
		p.endUploads(t)
		p.holds(t, move(t, p.job(w)), body)
	})
}
