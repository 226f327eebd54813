package transfer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/store"
)

// A CopyJob brings an object of an older backup into a new one.
type CopyJob struct {
	Store      *store.Store
	From       backup.File // its Key is the whole key in the bucket
	To         string
	Checkpoint string    // key of its JSON under .mapkeep/runs/; "": not resumable
	Stop       time.Time // hand over before this; zero: never

	// Now and After are the clock, as in a Job.
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
}

// ErrStale says that the older copy is gone or is not what its manifest says:
// the item is to be backed up afresh.
var ErrStale = errors.New("the older copy is gone or has changed")

// Copy copies the object inside the bucket, when its size and CRC64NVME are
// what From says, and compares the copy's again. A copy that turns out wrong
// is ErrStale too; what is backed up afresh takes its place. One that the
// bucket copies by parts only may be handed over: then Result is not whole,
// and another call goes on.
func Copy(ctx context.Context, j CopyJob) (Result, error) {
	old, err := j.Store.Head(ctx, j.From.Key)
	if err != nil {
		return Result{}, stale(err)
	}
	if err := j.same(old); err != nil {
		return Result{}, err
	}
	made, err := j.Store.Copy(ctx, j.From.Key, j.From.Size, j.To)
	if errors.Is(err, store.ErrTooLong) {
		var whole bool
		if made, whole, err = j.parts(ctx, old); err == nil && !whole {
			return Result{}, nil
		}
	}
	if err != nil {
		return Result{}, stale(err)
	}
	if err := j.same(made); err != nil {
		return Result{}, err
	}
	file := j.From
	file.Key = j.To
	return Result{Whole: true, File: file}, nil
}

func (j CopyJob) same(o store.Object) error {
	if o.Size != j.From.Size || o.CRC64NVME != j.From.CRC64NVME || o.CRC64NVME == "" {
		return fmt.Errorf("copy %s: %w: %s has %d bytes with CRC64NVME %q, not %d with %q",
			j.From.Key, ErrStale, o.Key, o.Size, o.CRC64NVME, j.From.Size, j.From.CRC64NVME)
	}
	return nil
}

func stale(err error) error {
	if errors.Is(err, store.ErrMissing) || errors.Is(err, store.ErrReplaced) {
		return fmt.Errorf("%w: %w", ErrStale, err)
	}
	return again(err)
}
