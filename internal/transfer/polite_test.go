package transfer_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

// pauses is a clock on which every pause is over at once, and that remembers
// them; the rest of its times never come.
type pauses struct {
	mu   sync.Mutex
	list []time.Duration
}

const silence = 30 * time.Second

func (p *pauses) after(d time.Duration) <-chan time.Time {
	if d == silence {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, d)
	over := make(chan time.Time)
	close(over)
	return over
}

func (p place) patient(w *web) (transfer.Job, *pauses) {
	j, clock := p.job(w), &pauses{}
	j.After = clock.after
	return j, clock
}

// Answers that fail now and then, on both sides, cost repetitions of parts and
// nothing else; pauses grow.
func TestTroubleWithPartsIsMended(t *testing.T) {
	t.Parallel()
	body := bytesOf(4 * chunk)
	for name, trouble := range map[string]func(from int64, ask int) fate{
		"a cut":       func(_ int64, ask int) fate { return fate{cut: ask%2 == 0} },
		"a 500":       func(_ int64, ask int) fate { return fate{status: map[bool]int{true: 500}[ask == 3 || ask == 5]} },
		"a byte more": func(_ int64, ask int) fate { return fate{extra: ask == 2} },
		"one part":    func(from int64, ask int) fate { return fate{cut: from == chunk && ask < 8} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := bucket(t)
			w := serve(t, &web{body: body, answers: trouble})
			j, clock := p.patient(w)
			p.holds(t, move(t, j), body)
			if len(clock.list) == 0 {
				t.Error("Move made no pauses, want one for each repetition")
			}
			for _, pause := range clock.list {
				if pause < 0 || pause > 10*time.Second {
					t.Errorf("Move paused %v, want up to 10 s", pause)
				}
			}
		})
	}
}

func TestTroubleWithTheBucketIsMended(t *testing.T) {
	t.Parallel()
	body := bytesOf(4 * chunk)
	for name, trouble := range map[string]func(r *http.Request, n int32, send func() (*http.Response, error)) (*http.Response, error){
		"too busy before a byte": func(r *http.Request, n int32, send func() (*http.Response, error)) (*http.Response, error) {
			if n%2 == 0 {
				return says(r, 503, "SlowDown"), nil
			}
			return send()
		},
		"too busy after some bytes": func(r *http.Request, n int32, send func() (*http.Response, error)) (*http.Response, error) {
			if n%2 == 0 {
				io.CopyN(io.Discard, r.Body, 1<<20) //nolint:errcheck // it is answered anyhow
				return says(r, 500, "InternalError"), nil
			}
			return send()
		},
		"the answer is lost": func(r *http.Request, n int32, send func() (*http.Response, error)) (*http.Response, error) {
			answer, err := send()
			if n%2 == 0 && err == nil {
				answer.Body.Close() //nolint:errcheck // nobody reads it
				return nil, errors.New("connection reset by peer")
			}
			return answer, err
		},
		"a bit flips": func(r *http.Request, n int32, send func() (*http.Response, error)) (*http.Response, error) {
			if n == 2 {
				r.Body = &flipped{r.Body, rand.N(chunk)}
			}
			return send()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := bucket(t)
			w := serve(t, &web{body: body})
			j, clock := p.patient(w)
			var parts atomic.Int32
			j.Store = p.wired(t, func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
				if !isPart(r) {
					return send()
				}
				return trouble(r, parts.Add(1), send)
			})
			p.holds(t, move(t, j), body)
			if len(clock.list) == 0 || parts.Load() < 5 {
				t.Errorf("Move paused %v and sent %d parts, want repetitions", clock.list, parts.Load())
			}
			starts := w.starts()
			if again := len(starts) > 4; again != (name != "too busy before a byte") {
				t.Errorf("the source was asked for %v", starts)
			}
		})
	}
}

// A part that fails for good ends the transfer after a bounded number of
// questions; the others are kept.
func TestTroubleThatStays(t *testing.T) {
	t.Parallel()
	p, body := bucket(t), bytesOf(4*chunk)
	w := serve(t, &web{body: body, answers: func(from int64, _ int) fate { return fate{cut: from == 2*chunk} }})
	j, clock := p.patient(w)
	wantKind(t, j, fault.PortalUnavailable, "broke off after 41943040 of 67108864")
	if asked := len(slices.DeleteFunc(w.starts(), func(at int64) bool { return at != 2*chunk })); asked != 8 || len(clock.list) != 7 {
		t.Errorf("the part was asked for %d times with %d pauses, want 8 and 7", asked, len(clock.list))
	}
	if saved := p.saved(t); !cmp.Equal(saved, []int{1, 2, 4}) {
		t.Errorf("the checkpoint has %v, want the parts 1, 2 and 4", saved)
	}
	w.set(func(w *web) { w.answers = nil })
	got := move(t, j)
	p.holds(t, got, body)
	if got.Moved != chunk {
		t.Errorf("Move after that moved %d bytes, want %d", got.Moved, chunk)
	}
}

// A source that is down is not asked by all streams again and again.
func TestASourceThatGoesDown(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	w := serve(t, &web{body: bytesOf(4 * chunk), answers: func(_ int64, ask int) fate {
		if ask == 1 {
			return fate{}
		}
		return fate{status: 503}
	}})
	j, _ := p.patient(w)
	wantKind(t, j, fault.PortalUnavailable, "503")
	if asked := len(w.starts()); asked > 1+3+9 {
		t.Errorf("the source was asked %d times, want each part once and 8 or 9 repetitions", asked)
	}
}

// A short pause that is asked for is kept to; a long one is the caller's.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	p, body := bucket(t), bytesOf(2*chunk)
	after := "7"
	w := serve(t, &web{body: body, etag: `"short"`})
	w.answers = func(from int64, ask int) fate {
		if from == chunk && ask == 2 {
			return fate{status: 429, after: after}
		}
		return fate{}
	}
	j, clock := p.patient(w)
	p.holds(t, move(t, j), body)
	if len(clock.list) != 1 || clock.list[0] < 7*time.Second || clock.list[0] > 8*time.Second {
		t.Errorf("asked to wait 7 s, Move paused %v", clock.list)
	}
	w.set(func(w *web) { w.etag, w.asked, after = `"long"`, nil, "60" })
	j, clock = p.patient(w)
	wantKind(t, j, fault.PortalUnavailable, "429")
	if len(clock.list) != 0 || !cmp.Equal(p.saved(t), []int{1}) {
		t.Errorf("asked to wait 60 s, Move paused %v and kept the parts %v; want no pause and part 1", clock.list, p.saved(t))
	}
}

// A part that stands still is dropped and asked for again, whoever is to blame.
func TestSilence(t *testing.T) {
	t.Parallel()
	body := bytesOf(2 * chunk)
	for _, blame := range []string{"source", "bucket"} {
		t.Run(blame, func(t *testing.T) {
			t.Parallel()
			p := bucket(t)
			w := serve(t, &web{body: body})
			over, stands, moved, dropped := make(chan struct{}), make(chan struct{}), make(chan struct{}), make(chan struct{})
			ticks := make(chan time.Time)
			t.Cleanup(func() { close(over) })
			j, clock := p.patient(w)
			j.After = func(d time.Duration) <-chan time.Time {
				if d == silence {
					return ticks
				}
				return clock.after(d)
			}
			var stuck atomic.Int32
			w.answers = func(from int64, _ int) fate {
				if blame != "source" || from != chunk {
					return fate{}
				}
				switch stuck.Add(1) {
				case 1:
					close(stands)
					return fate{hang: over}
				case 2:
					close(dropped)
				}
				return fate{}
			}
			var asked, done atomic.Int32
			j.Store = p.wired(t, func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
				if isPart(r) && asked.Add(1) == 2 && blame == "bucket" {
					close(stands)
					<-r.Context().Done()
					close(dropped)
					return nil, r.Context().Err()
				}
				answer, err := send()
				if isPart(r) && err == nil && done.Add(1) == 1 {
					close(moved)
				}
				return answer, err
			})
			go func() { // time passes once one part stands and the other is done, which may still see it
				<-stands
				<-moved
				for {
					select {
					case ticks <- time.Time{}:
					case <-dropped:
						return
					}
				}
			}()
			p.holds(t, move(t, j), body)
			if len(clock.list) == 0 {
				t.Error("Move made no pause, want the part that stood to be repeated")
			}
		})
	}
}

// A source that gives no more parts is read from its beginning.
func TestASourceThatLosesItsRanges(t *testing.T) {
	t.Parallel()
	body := bytesOf(3*chunk + 1)
	w := serve(t, &web{body: body, answers: func(_ int64, ask int) fate { return fate{whole: ask > 1} }})
	p := bucket(t)
	j, _ := p.patient(w)
	p.holds(t, move(t, j), body)
	w.starts()
	p = bucket(t)
	j, _ = p.patient(w)
	if got := move(t, soon(j)); got.Whole {
		t.Fatal("Move is whole, want it handed over after one part")
	}
	wantKind(t, soon(j), fault.PortalUnavailable, "time is up after 16777216 bytes") // and can't go on from there
	p.nothing(t)
	p.holds(t, move(t, j), body)
}

// Bytes that change under the streams end the transfer, and leave nothing; a
// source that does so each time is read by one stream.
func TestASourceThatChangesUnderTheStreams(t *testing.T) {
	t.Parallel()
	p, body := bucket(t), bytesOf(3*chunk+1)
	w := serve(t, &web{body: body})
	w.during = func(w *web) { w.etag = time.Duration(len(w.asked)).String() }
	j, _ := p.patient(w)
	for range 2 {
		wantKind(t, j, fault.ChangedWhileRead, "changed")
		p.nothing(t)
	}
	p.holds(t, move(t, j), body)
}
