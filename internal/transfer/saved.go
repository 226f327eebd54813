package transfer

import (
	"context"
	"errors"
	"slices"
	"time"
)

const (
	// A checkpoint comes after so many parts or so much time at the latest.
	saveParts = 8
	saveEvery = 10 * time.Second

	// saveWorth: it comes sooner where it has no more than a hundredth of the
	// bytes that arrived since the last one. That is after each part of 16 MiB
	// up to about 16 GiB.
	saveWorth = 100
)

// saved is how far the written checkpoint goes, and what came since.
type saved struct {
	parts  int
	length int // of the checkpoint
	at     time.Time
	since  struct {
		parts int
		bytes int64
	}
	came chan struct{} // has one when a part came
}

func newSaved(m *move) saved {
	return saved{parts: len(m.point.Parts), at: m.Now(), came: make(chan struct{}, 1)}
}

// count notes a part that came.
func (s *saved) count(bytes int64) {
	s.since.parts++
	s.since.bytes += bytes
	select {
	case s.came <- struct{}{}:
	default: // the last one is not seen yet
	}
}

// due reports whether it is time for a checkpoint.
func (s *saved) due(now time.Time) bool {
	return s.since.parts > 0 && (s.since.parts >= saveParts || now.Sub(s.at) >= saveEvery || s.since.bytes >= saveWorth*int64(s.length))
}

// checkpoints writes checkpoints beside the streams until stop is called, so
// that none of them waits for one.
func (f *fleet) checkpoints(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range f.saved.came {
			if err := f.checkpoint(ctx); err != nil && ctx.Err() == nil {
				f.mu.Lock()
				f.failed = errors.Join(f.failed, err)
				f.mu.Unlock()
			}
		}
	}()
	return func() {
		close(f.saved.came)
		<-done
	}
}

// checkpoint writes one where it is due.
func (f *fleet) checkpoint(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.saved.due(f.Now()) {
		return nil
	}
	c := f.point
	c.Parts = slices.Clone(c.Parts)
	f.saved.since.parts, f.saved.since.bytes = 0, 0
	f.mu.Unlock()
	length, err := f.save(ctx, c)
	f.mu.Lock()
	if err == nil {
		f.saved.parts, f.saved.length, f.saved.at = len(c.Parts), length, f.Now()
	}
	return err
}
