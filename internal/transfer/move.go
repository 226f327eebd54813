package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/minio/crc64nvme"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
)

const (
	// A checkpoint after so many parts or so much time: a crash then costs
	// little, and writing them costs less than a hundredth of the parts.
	saveParts = 8
	saveEvery = 10 * time.Second

	// stopMargin is for the checkpoint, with both repeats of its request.
	stopMargin = 10 * time.Second

	// maxAnew is how often a transfer that had come far starts from nothing: a
	// source that promises ranges and never keeps it would go on for ever.
	maxAnew = 3
)

// move is one Job at work.
type move struct {
	Job
	body  *Body // nil once all bytes are in the bucket
	watch *content.Watch
	point checkpoint   // what the bucket holds for sure
	parts []store.Part // of it
	moved int64

	saved   int       // parts in the written checkpoint
	savedAt time.Time // when it was written
	slowest time.Duration
}

// run reports whether the object is whole.
func (m *move) run(ctx context.Context) (bool, error) {
	done, err := m.recall(ctx)
	if done || err != nil {
		return done, err
	}
	if m.point.Ended {
		return true, m.finish(ctx)
	}
	if err := m.open(ctx); err != nil {
		return false, err
	}
	defer m.body.Close()
	return m.pour(ctx)
}

// pour reads the body into the bucket, as one object or as parts, until it
// ends or time is up, and reports whether the object is whole.
func (m *move) pour(ctx context.Context) (bool, error) {
	buf := lend()
	defer giveBack(buf)
	for !m.point.Ended {
		start := m.Now()
		last, err := m.fill(ctx, buf)
		if err != nil {
			return false, m.keep(ctx, err)
		}
		if _, err := m.watch.Write(*buf); err != nil {
			return false, m.refuse(ctx, err)
		}
		if last && m.point.Upload == "" && len(*buf) <= backup.Chunk {
			return true, m.putWhole(ctx, *buf)
		}
		if err := m.putPart(ctx, *buf, last); err != nil {
			return false, m.keep(ctx, err)
		}
		m.slowest = max(m.slowest, m.Now().Sub(start))
		if stop, err := m.pause(ctx); stop || err != nil {
			return false, err
		}
	}
	return true, m.finish(ctx)
}

func (m *move) putWhole(ctx context.Context, body []byte) error {
	m.sum(body)
	if err := m.watch.Finish(m.Size, m.look(ctx)); err != nil {
		return err
	}
	return m.Store.Put(ctx, m.Key, body, m.point.Type)
}

func (m *move) putPart(ctx context.Context, body []byte, last bool) error {
	if m.point.Upload == "" {
		upload, err := m.Store.Begin(ctx, m.Key, m.point.Type)
		if err != nil {
			return err
		}
		m.point.Upload = upload
	}
	if len(body) > 0 {
		if len(m.parts) == store.MaxParts {
			return fault.New(fault.StoreRefused, fmt.Sprintf("put %s: it is longer than the bucket takes", m.Key))
		}
		p, err := m.Store.Part(ctx, m.Key, m.point.Upload, int32(len(m.parts)+1), body)
		if err != nil {
			return again(err)
		}
		m.parts = append(m.parts, p)
		m.sum(body)
	}
	m.point.Parts, m.point.Content, m.point.Ended = len(m.parts), m.watch.State(), last
	return nil
}

// sum adds bytes that are in the bucket to the sums. Only the last ones may
// end within a chunk.
func (m *move) sum(body []byte) {
	m.point.CRC = crc64nvme.Update(m.point.CRC, body)
	m.point.Done += int64(len(body))
	for len(body) > 0 {
		chunk := body[:min(len(body), backup.Chunk)]
		sum := sha256.Sum256(chunk)
		m.point.SHA256 = append(m.point.SHA256, hex.EncodeToString(sum[:]))
		body = body[len(chunk):]
	}
}

// pause writes the checkpoint when it is due, and reports whether time is up:
// the next part, or putting all together, might take twice as long as the
// slowest part so far.
func (m *move) pause(ctx context.Context) (bool, error) {
	late := !m.Stop.IsZero() && m.Stop.Sub(m.Now()) < 2*m.slowest+stopMargin
	if !m.resumable() {
		if late && !m.point.Ended {
			return true, m.keep(ctx, fault.New(fault.PortalUnavailable, fmt.Sprintf(
				"time is up after %d bytes, and the source can't go on from there later", m.point.Done)))
		}
		return false, nil
	}
	if late || m.point.Ended || m.point.Parts-m.saved >= saveParts || m.Now().Sub(m.savedAt) >= saveEvery {
		return late, m.save(ctx)
	}
	return false, nil
}

// resumable: without ranges there is no going on, without an ETag nobody
// knows whether the bytes are the same.
func (m *move) resumable() bool {
	return m.Checkpoint != "" && (m.body == nil || m.body.Ranges && m.body.ETag != "")
}

// finish judges the whole and makes it visible. Bytes that are refused, or
// have changed meanwhile, are dropped: nobody can go on with them.
func (m *move) finish(ctx context.Context) error {
	if err := m.watch.Finish(m.Size, m.look(ctx)); err != nil {
		return m.refuse(ctx, err)
	}
	_, err := m.Store.Complete(ctx, m.Key, m.point.Upload, m.parts, m.point.Done, store.SumText(m.point.CRC))
	if err != nil {
		return m.keep(ctx, again(err))
	}
	return nil
}

// refuse drops the upload of bytes that are not good; what a later try may
// mend is kept.
func (m *move) refuse(ctx context.Context, err error) error {
	if kind := fault.Of(err); m.point.Upload == "" || kind != fault.ContentInvalid && kind != fault.ChangedWhileRead {
		return m.keep(ctx, err)
	}
	return errors.Join(err, m.Store.Abort(ctx, m.Key, m.point.Upload))
}

// keep saves what was done before err, so that the next try goes on from
// there; an upload that nobody can go on with is dropped.
func (m *move) keep(ctx context.Context, err error) error {
	if ctx.Err() != nil || m.point.Upload == "" {
		return err
	}
	if !m.resumable() {
		return errors.Join(err, m.Store.Abort(ctx, m.Key, m.point.Upload))
	}
	if m.point.Parts == m.saved {
		return err
	}
	return errors.Join(err, m.save(ctx))
}

// again makes an upload that is gone an error that the next try mends: it
// begins anew.
func again(err error) error {
	if errors.Is(err, store.ErrNoUpload) {
		return fault.As(fault.StoreUnavailable, err)
	}
	return err
}
