package transfer

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/fault"
)

const (
	// Streams are the parts of one file that are under way at once. One stream
	// from a store of files to another carries 50 to 100 MB/s, four fill a
	// function's share of the network and two processors; ten items side by
	// side, as the settings have it, then ask a portal's store for 40.
	Streams = 4

	// maxChanges is how often a source may change under several streams before
	// one is taken: servers behind one name may mark the same bytes differently.
	maxChanges = 2
)

// errNoRanges says that a source which gave a first part gives no others.
var errNoRanges = errors.New("the source gives no parts any more")

// ranged moves the parts that the bucket does not have yet, by several
// streams, and puts the object together once it has all. It reports false
// where time was up before.
func (m *move) ranged(ctx context.Context, first *Body) (bool, error) {
	done, err := m.recall(ctx)
	if done || err != nil {
		return done, err
	}
	if m.point.Changes >= maxChanges {
		return m.stream(ctx, nil)
	}
	f := &fleet{move: m, budget: newBudget(), next: 1}
	if err := f.meet(ctx, first); err != nil {
		return false, m.drop(ctx, err)
	}
	if m.point.Upload == "" {
		if m.point.Upload, err = m.Store.Begin(ctx, m.Key, m.point.Type); err != nil {
			return false, err
		}
		if _, err := m.save(ctx, m.point); err != nil { // so that its parts are found whatever happens
			return false, errors.Join(err, m.Store.Abort(ctx, m.Key, m.point.Upload))
		}
	}
	f.saved = newSaved(m)
	if err := f.sail(ctx); err != nil {
		return false, m.keep(ctx, err)
	}
	if len(m.point.Parts) < m.point.count() {
		return false, nil
	}
	m.watch = f.whole()
	return true, m.finish(ctx)
}

// keep is what becomes of an upload after err: bytes that nobody can go on
// with are dropped, and a source that changed is remembered.
func (m *move) keep(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return err
	case fault.Is(err, fault.ChangedWhileRead), errors.Is(err, errNoRanges):
		left := fresh(m.Job)
		left.Changes = m.point.Changes + 1
		_, unsaved := m.save(ctx, left)
		err = errors.Join(err, m.Store.Abort(ctx, m.Key, m.point.Upload), unsaved)
		m.point = left
		return err
	case m.Checkpoint == "":
		return errors.Join(err, m.Store.Abort(ctx, m.Key, m.point.Upload))
	}
	return again(m.drop(ctx, err))
}

// A fleet is the streams of one ranged transfer.
type fleet struct {
	*move
	budget *budget
	first  *Body  // the answer to the first question, until part 1 has it
	ahead  []byte // read from it already
	order  bool   // the check must see every byte, one after the other
	tail   []byte // the last bytes of the whole, where part of this sitting

	mu      sync.Mutex // guards what follows and point.Parts
	next    int        // the first part that nobody has looked at
	begun   int        // parts taken in this sitting
	slowest time.Duration
	saved   saved
	failed  error // why no more parts are taken
}

// sail runs the streams until all parts are there, time is up or one fails,
// and leaves a checkpoint of what is there.
func (f *fleet) sail(ctx context.Context) error {
	limited, end := context.WithCancelCause(ctx)
	defer end(nil)
	f.limit(limited, end)
	group, groupCtx := errgroup.WithContext(limited)
	streams := f.Streams
	if f.order {
		streams = 1
	}
	for range min(streams, f.point.count()) {
		group.Go(func() error { return f.work(groupCtx) })
	}
	stop := f.checkpoints(limited) // the group's ends with its last stream
	err := group.Wait()
	stop()
	if context.Cause(limited) == errLate && ctx.Err() == nil {
		err = nil
	}
	err = errors.Join(err, f.failed)
	if ctx.Err() != nil || len(f.point.Parts) == f.saved.parts {
		return err
	}
	_, unsaved := f.save(ctx, f.point)
	return errors.Join(err, unsaved)
}

// work brings one part after the other.
func (f *fleet) work(ctx context.Context) error {
	for {
		n := f.take()
		if n == 0 {
			return nil
		}
		start := f.Now()
		b, err := f.bring(ctx, n)
		if err != nil {
			return f.fail(ctx, err)
		}
		f.note(b, f.Now().Sub(start))
	}
}

// take gives the next part to bring, 0 for none. One is always brought, so
// that every sitting comes further.
func (f *fleet) take() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failed != nil || f.begun > 0 && f.late(f.slowest) {
		return 0
	}
	for ; f.next <= f.point.count(); f.next++ {
		if _, there := f.point.find(f.next); !there {
			f.begun++
			f.next++
			return f.next - 1
		}
	}
	return 0
}

// fail ends this stream. What another try may mend leaves the others time to
// end their parts; what none mends ends them too.
func (f *fleet) fail(ctx context.Context, err error) error {
	if ctx.Err() != nil || !mendable(err) {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failed = errors.Join(f.failed, err)
	return nil
}

// note adds a part to what the bucket has.
func (f *fleet) note(b brought, took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, _ := f.point.find(int(b.Number))
	f.point.Parts = slices.Insert(f.point.Parts, at, b.piece)
	if f.order {
		f.point.Content = b.seen
	}
	f.slowest = max(f.slowest, took)
	f.budget.earn()
	f.saved.count(b.Size)
}

// whole is a Watch that has seen the whole: the beginning, and the end where
// it passed in this sitting.
func (f *fleet) whole() *content.Watch {
	s := f.point.Content
	if f.order {
		return f.Check.Resume(s)
	}
	s.Seen = f.point.Size - int64(len(f.tail))
	w := f.Check.Resume(s)
	w.Write(f.tail) //nolint:errcheck // only the beginning, and JSON, is judged by Write
	return w
}
