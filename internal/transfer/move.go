package transfer

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
)

// move is one Job at work.
type move struct {
	Job
	point checkpoint     // what the bucket holds for sure
	watch *content.Watch // of what passed in order
	moved atomic.Int64   // bytes from the source
}

func newMove(j Job) *move {
	if j.Now == nil {
		j.Now = time.Now
	}
	if j.After == nil {
		j.After = time.After
	}
	if j.Streams == 0 {
		j.Streams = Streams
	}
	return &move{Job: j, point: fresh(j), watch: j.Check.Start()}
}

// run asks for the first part and goes the way that the answer allows. It
// reports whether the object is whole.
func (m *move) run(ctx context.Context) (bool, error) {
	first, err := m.Source.Open(ctx, 0, backup.Chunk, "")
	if err != nil {
		return false, err
	}
	defer first.Close()
	if err := m.learn(first); err != nil {
		return false, err
	}
	if first.Size <= backup.Chunk || !first.Ranges || first.ETag == "" {
		return m.stream(ctx, first)
	}
	whole, err := m.ranged(ctx, first)
	if errors.Is(err, errNoRanges) {
		return m.stream(ctx, nil)
	}
	return whole, err
}

// learn compares what the portal says with what its server is about to send,
// and notes what it sends.
func (m *move) learn(b *Body) error {
	if b.From != 0 {
		return fault.New(fault.PortalUnavailable, fmt.Sprintf("asked for bytes from 0 on, the answer begins at %d", b.From))
	}
	if m.Size > 0 && b.Size >= 0 && m.Size != b.Size {
		return fault.New(fault.ChangedWhileRead, fmt.Sprintf("the portal says %d bytes, its server sends %d", m.Size, b.Size))
	}
	m.point.Size, m.point.ETag, m.point.Type = b.Size, b.ETag, b.Type
	if b.Size < 0 {
		m.point.Size = m.Size
	}
	return nil
}

// finish judges the whole and makes the upload's object visible. Bytes that
// are refused, or have changed meanwhile, are dropped: nobody can go on with
// them.
func (m *move) finish(ctx context.Context) error {
	if err := m.watch.Finish(m.Size, m.look(ctx)); err != nil {
		return m.drop(ctx, err)
	}
	_, err := m.Store.Complete(ctx, m.Key, m.point.Upload, m.point.stored(), m.point.done(), store.SumText(m.point.crc()))
	return again(err)
}

// drop aborts the upload of bytes that are not good, or that nobody can go on
// with; what a later try may mend is kept.
func (m *move) drop(ctx context.Context, err error) error {
	if kind := fault.Of(err); m.point.Upload == "" || kind != fault.ContentInvalid && kind != fault.ChangedWhileRead {
		return err
	}
	return errors.Join(err, m.Store.Abort(ctx, m.Key, m.point.Upload))
}

// again makes an upload that is gone an error that the next try mends: it
// begins anew.
func again(err error) error {
	if errors.Is(err, store.ErrNoUpload) {
		return fault.As(fault.StoreUnavailable, err)
	}
	return err
}
