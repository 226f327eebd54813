package transfer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/fault"
)

const (
	// tailKept is enough for a zip's end record and a directory of about 10,000
	// entries; what it lacks is asked for again.
	tailKept = 1 << 20

	// silence is how long a part may stand still, at the source or at the
	// bucket, before its connections are dropped and its range is asked again.
	silence = 30 * time.Second
)

var (
	errSilent = errors.New("no byte moved for 30 s")
	errOver   = errors.New("this try is over")
)

// A flow is the bytes of one part on their way: from the source's answer,
// through the sums, to whoever reads it. It ends without error only when all
// have passed and nothing follows. The connection to the bucket reads it in a
// goroutine of its own, which may outlive the request by a moment.
type flow struct {
	ctx   context.Context //nolint:containedctx // lives for one try
	move  *move
	body  *Body
	ahead []byte // comes before what body gives
	from  int64  // of the first byte, in the whole
	at    int64  // of the next one
	left  int64

	chunk hash.Hash
	room  int64  // of the chunk under way
	sums  []byte // of those before
	watch *content.Watch
	tail  []byte // the end of the whole, to be filled

	passed  atomic.Int64
	reading atomic.Bool           // the source is waited for
	mu      sync.Mutex            // held by a Read
	failed  atomic.Pointer[error] // what Read ended with, other than io.EOF
	over    bool
}

func newFlow(ctx context.Context, m *move, body *Body, ahead []byte, from, length int64) *flow {
	return &flow{ctx: ctx, move: m, body: body, ahead: ahead, from: from, at: from, left: length, chunk: sha256.New(), room: backup.Chunk}
}

func (f *flow) Read(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	failed := f.failed.Load()
	switch {
	case f.over:
		return 0, errOver
	case failed != nil:
		return 0, *failed
	case f.left == 0:
		return 0, io.EOF
	}
	n, err := f.next(p[:min(int64(len(p)), f.left)])
	if err = f.judge(f.see(p[:n]), err); err != nil {
		f.failed.Store(&err)
	}
	return n, err
}

// judge decides whether the bytes may go on: refused is the check's word on
// them, err how reading them ended.
func (f *flow) judge(refused, err error) error {
	size := f.move.point.Size
	switch {
	case refused != nil:
		return refused
	case f.left == 0 && (err == nil || err == io.EOF):
		return ended(f.ctx, f.body, f.at, size)
	case err == io.EOF:
		return broken(f.ctx, f.at, size, io.ErrUnexpectedEOF)
	case err != nil:
		return broken(f.ctx, f.at, size, err)
	}
	return nil
}

// next reads from the source, or from what was read of it before.
func (f *flow) next(p []byte) (int, error) {
	if len(f.ahead) > 0 {
		n := copy(p, f.ahead)
		f.ahead = f.ahead[n:]
		return n, nil
	}
	f.reading.Store(true)
	n, err := f.body.Read(p)
	f.reading.Store(false)
	f.move.moved.Add(int64(n))
	return n, err
}

// see adds bytes to the sums and shows them to the check.
func (f *flow) see(p []byte) error {
	f.passed.Add(int64(len(p)))
	f.keep(p)
	f.at += int64(len(p))
	f.left -= int64(len(p))
	for rest := p; len(rest) > 0; {
		n := min(int64(len(rest)), f.room)
		f.chunk.Write(rest[:n])
		rest = rest[n:]
		if f.room -= n; f.room == 0 || f.left == 0 && len(rest) == 0 {
			f.sums = f.chunk.Sum(f.sums)
			f.chunk.Reset()
			f.room = backup.Chunk
		}
	}
	if f.watch == nil {
		return nil
	}
	_, err := f.watch.Write(p)
	return err
}

// keep copies what of p belongs to the tail.
func (f *flow) keep(p []byte) {
	begin := f.move.point.Size - int64(len(f.tail))
	if from := max(f.at, begin); from < f.at+int64(len(p)) {
		copy(f.tail[from-begin:], p[from-f.at:])
	}
}

// guard ends the try when nothing moves for a while, until stop is called.
func (f *flow) guard(after func(time.Duration) <-chan time.Time, end context.CancelCauseFunc) (stop func()) {
	done := make(chan struct{})
	go func() {
		for seen := int64(0); ; {
			select {
			case <-after(silence):
			case <-done:
				return
			}
			now := f.passed.Load()
			if now == seen {
				end(errSilent)
				f.body.Close() //nolint:errcheck // so that a Read of it ends
				return
			}
			seen = now
		}
	}()
	return func() { close(done) }
}

// blame finds out why the part did not get into the bucket; said is what the
// bucket's client said.
func (f *flow) blame(said error) error {
	failed, cause, at := f.failed.Load(), context.Cause(f.ctx), f.from+f.passed.Load()
	switch {
	case cause == errSilent && f.reading.Load():
		return fault.As(fault.PortalUnavailable, fmt.Errorf("the source stopped at byte %d: %w", at, cause))
	case cause == errSilent:
		return fault.As(fault.StoreUnavailable, fmt.Errorf("the bucket stopped at byte %d: %w", at, cause))
	case cause != nil:
		return cause
	case failed != nil:
		return *failed
	}
	return again(said)
}

// end makes the flow dry, and closes the source's answer unless nobody has read
// from it: that one can be used again. It reports which.
func (f *flow) end() (closed bool) {
	if !f.mu.TryLock() { // it is being read just now
		f.body.Close() //nolint:errcheck // so that the Read ends
		f.mu.Lock()
	}
	defer f.mu.Unlock()
	f.over = true
	if f.passed.Load() == 0 && f.failed.Load() == nil && f.ctx.Err() == nil {
		return false
	}
	f.body.Close() //nolint:errcheck // what came was counted, or is asked for again
	return true
}
