package transfer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/internal/store"
)

const (
	// copyPart bytes are copied by one request at least: they don't pass here,
	// and a request stays well under a minute.
	copyPart = 512 << 20

	// copyAtOnce such requests are under way: S3 takes thousands a second.
	copyAtOnce = 16
)

// parts copies the object by parts, those that the bucket does not have yet.
// The upload's parts are all that another call needs to go on; the checkpoint
// names the upload. It reports false where time was up.
func (j CopyJob) parts(ctx context.Context, old store.Object) (store.Object, bool, error) {
	c := newCopying(j, old)
	if made, err := c.recall(ctx); err != nil || made.Key != "" {
		return made, err == nil, err
	}
	whole, err := c.fill(ctx)
	if err != nil || !whole {
		return store.Object{}, whole, err
	}
	made, err := c.complete(ctx)
	return made, err == nil, err
}

// copying is one copy by parts at work. Its move is there for checkpoint and
// clock.
type copying struct {
	*move
	from store.Object
	step int64

	mu      sync.Mutex
	done    map[int32]store.Part
	begun   int // in this sitting
	slowest time.Duration
}

func newCopying(j CopyJob, old store.Object) *copying {
	m := newMove(Job{Store: j.Store, Key: j.To, Checkpoint: j.Checkpoint, Stop: j.Stop, Now: j.Now, After: j.After})
	m.point.ETag, m.point.Size = old.ETag, old.Size
	step := max(copyPart, (old.Size+store.MaxParts-1)/store.MaxParts)
	return &copying{move: m, from: old, step: step, done: map[int32]store.Part{}}
}

func (c *copying) count() int32 { return int32((c.from.Size + c.step - 1) / c.step) }

// span is where part n (from 1) begins, and its length.
func (c *copying) span(n int32) (at, length int64) {
	at = int64(n-1) * c.step
	return at, min(c.step, c.from.Size-at)
}

// recall finds the parts that an earlier call copied of the same object, or
// begins an upload. It gives an object that such a call completed.
func (c *copying) recall(ctx context.Context) (store.Object, error) {
	left, err := c.read(ctx)
	if err != nil {
		return store.Object{}, err
	}
	if left.Key != c.Key || left.Upload == "" || left.ETag != c.from.ETag || left.Size != c.from.Size {
		c.abandon(ctx, left)
		return store.Object{}, c.begin(ctx)
	}
	there, err := c.Store.Parts(ctx, c.Key, left.Upload)
	if errors.Is(err, store.ErrNoUpload) {
		made, err := c.Store.Head(ctx, c.Key)
		if err == nil && made.Size == c.from.Size && made.CRC64NVME == c.from.CRC64NVME {
			return made, nil
		}
		if err != nil && !errors.Is(err, store.ErrMissing) {
			return store.Object{}, err
		}
		return store.Object{}, c.begin(ctx)
	}
	c.point.Upload = left.Upload
	for _, p := range there {
		if _, length := c.span(p.Number); p.Number <= c.count() && p.Size == length {
			c.done[p.Number] = p
		}
	}
	return store.Object{}, err
}

// begin starts the upload and notes it, so that its parts are found.
func (c *copying) begin(ctx context.Context) (err error) {
	if c.point.Upload, err = c.Store.BeginCopy(ctx, c.from.Key, c.Key); err != nil {
		return err
	}
	if _, err := c.save(ctx, c.point); err != nil {
		return errors.Join(err, c.Store.Abort(ctx, c.Key, c.point.Upload))
	}
	return nil
}

// fill copies what is missing, and reports whether nothing is any more. What
// was copied before an error stays for the next call.
func (c *copying) fill(ctx context.Context) (bool, error) {
	limited, end := context.WithCancelCause(ctx)
	defer end(nil)
	c.limit(limited, end)
	group, groupCtx := errgroup.WithContext(limited)
	group.SetLimit(copyAtOnce)
	for _, n := range c.missing() {
		group.Go(func() error { return c.copy(groupCtx, n) })
	}
	err := group.Wait()
	if context.Cause(limited) == errLate && ctx.Err() == nil {
		err = nil
	}
	if err != nil && c.Checkpoint == "" && ctx.Err() == nil {
		err = errors.Join(err, c.Store.Abort(ctx, c.Key, c.point.Upload))
	}
	return len(c.done) == int(c.count()), err
}

func (c *copying) missing() []int32 {
	var list []int32
	for n := int32(1); n <= c.count(); n++ {
		if _, there := c.done[n]; !there {
			list = append(list, n)
		}
	}
	return list
}

// copy copies part n, unless another did before and time is up.
func (c *copying) copy(ctx context.Context, n int32) error {
	if ctx.Err() != nil || !c.inTime() {
		return context.Cause(ctx)
	}
	start := c.Now()
	at, length := c.span(n)
	p, err := c.Store.CopyPart(ctx, c.from.Key, c.from.ETag, c.Key, c.point.Upload, n, at, length)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done[n], c.slowest = p, max(c.slowest, c.Now().Sub(start))
	return nil
}

// inTime reports whether one more part may be begun: the first always, so that
// every sitting comes further.
func (c *copying) inTime() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun > 0 && c.late(c.slowest) {
		return false
	}
	c.begun++
	return true
}

// complete puts the parts together. Their checksums, where the bucket has
// them, must be that of the whole.
func (c *copying) complete(ctx context.Context) (store.Object, error) {
	parts, joined, known := make([]store.Part, 0, len(c.done)), uint64(0), true
	for n := int32(1); n <= c.count(); n++ {
		p := c.done[n]
		crc, err := store.SumOf(p.CRC64NVME)
		parts, known = append(parts, p), known && err == nil
		joined = JoinCRC(joined, crc, p.Size)
	}
	if known && store.SumText(joined) != c.from.CRC64NVME {
		return store.Object{}, errors.Join(fmt.Errorf("copy %s: %w: its parts have the CRC64NVME %s, it has %s",
			c.from.Key, ErrStale, store.SumText(joined), c.from.CRC64NVME), c.Store.Abort(ctx, c.Key, c.point.Upload))
	}
	return c.Store.Complete(ctx, c.Key, c.point.Upload, parts, c.from.Size, c.from.CRC64NVME)
}
