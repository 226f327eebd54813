package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
)

// firstRead is what is first set aside for a body of unknown length.
const firstRead = 256 << 10

// stream reads the source from its first byte to its last. What fits into one
// part is one object; more goes up by parts, each kept until the bucket has
// it, since this source can't be asked for it again. Nobody can go on later.
func (m *move) stream(ctx context.Context, body *Body) (whole bool, err error) {
	if body == nil || body.Ranges && (body.Size < 0 || body.Size > backup.Chunk) { // it was asked for a part alone
		if body, err = m.Source.Open(ctx, 0, -1, ""); err != nil {
			return false, err
		}
		defer body.Close()
		if err := m.learn(body); err != nil {
			return false, err
		}
	}
	defer func() {
		if err != nil && m.point.Upload != "" && ctx.Err() == nil {
			err = errors.Join(err, m.Store.Abort(ctx, m.Key, m.point.Upload))
		}
	}()
	return true, m.pour(ctx, body)
}

// pour reads the body into the bucket until it ends.
func (m *move) pour(ctx context.Context, body *Body) error {
	buf := lend()
	defer giveBack(buf)
	var slowest time.Duration
	for last := false; !last; {
		start := m.Now()
		var err error
		if last, err = m.fill(ctx, body, buf); err != nil {
			return err
		}
		if _, err := m.watch.Write(*buf); err != nil {
			return err
		}
		if last && m.point.Upload == "" && len(*buf) <= backup.Chunk {
			return m.putWhole(ctx, *buf)
		}
		if err := m.putPart(ctx, *buf); err != nil {
			return err
		}
		slowest = max(slowest, m.Now().Sub(start))
		if !last && m.late(slowest) {
			return fault.New(fault.PortalUnavailable, fmt.Sprintf(
				"time is up after %d bytes, and the source can't go on from there later", m.point.done()))
		}
	}
	return m.finish(ctx)
}

func (m *move) putWhole(ctx context.Context, body []byte) error {
	m.point.Parts = []piece{pieceOf(1, body)}
	if err := m.watch.Finish(m.Size, m.look(ctx)); err != nil {
		return err
	}
	if m.Again {
		if err := m.forget(ctx); err != nil {
			return err
		}
	}
	return m.Store.Put(ctx, m.Key, body, m.point.Type)
}

func (m *move) putPart(ctx context.Context, body []byte) error {
	if m.point.Upload == "" {
		if err := m.begin(ctx); err != nil {
			return err
		}
	}
	if len(body) == 0 {
		return nil
	}
	p := pieceOf(len(m.point.Parts)+1, body)
	if p.Number > store.MaxParts {
		return fault.New(fault.StoreRefused, fmt.Sprintf("put %s: it is longer than the bucket takes", m.Key))
	}
	sent, err := m.Store.Part(ctx, m.Key, m.point.Upload, p.Number, body)
	if err != nil {
		return again(err)
	}
	p.ETag = sent.ETag
	m.point.Parts = append(m.point.Parts, p)
	return nil
}

// begin starts the upload.
func (m *move) begin(ctx context.Context) (err error) {
	if err := m.forget(ctx); err != nil {
		return err
	}
	m.point.Upload, err = m.Store.Begin(ctx, m.Key, m.point.Type)
	return err
}

// fill reads the next part into buf and reports whether the body has ended.
func (m *move) fill(ctx context.Context, body *Body, buf *[]byte) (bool, error) {
	done, size := m.point.done(), m.point.Size
	want := PartSize(len(m.point.Parts)+1, size)
	if size >= 0 {
		want = min(want, size-done)
		*buf = grow((*buf)[:0], want)
	}
	p, err := readUpTo(body, (*buf)[:0], want)
	*buf = p
	m.moved.Add(int64(len(p)))
	at := done + int64(len(p))
	switch {
	case err != nil && err != io.EOF:
		return false, broken(ctx, at, size, err)
	case size >= 0 && int64(len(p)) < want:
		return false, broken(ctx, at, size, io.ErrUnexpectedEOF)
	case size < 0:
		return err == io.EOF, nil
	case at < size:
		return false, nil
	}
	return true, ended(ctx, body, at, size)
}

// ended makes sure that nothing follows the last byte that was promised.
func ended(ctx context.Context, body io.Reader, at, size int64) error {
	var one [1]byte
	n, err := io.ReadFull(body, one[:])
	if n > 0 {
		return fault.New(fault.PortalUnavailable, fmt.Sprintf("the answer goes on after the %d bytes that were promised", at))
	}
	if err != io.EOF {
		return broken(ctx, at, size, err)
	}
	return nil
}

// readUpTo appends to p until it has want bytes or r ends, which is io.EOF.
func readUpTo(r io.Reader, p []byte, want int64) ([]byte, error) {
	for int64(len(p)) < want {
		if len(p) == cap(p) {
			p = grow(p, min(want, max(firstRead, 2*int64(cap(p)))))
		}
		n, err := r.Read(p[len(p):min(int64(cap(p)), want)])
		p = p[:len(p)+n]
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

func grow(p []byte, size int64) []byte {
	if int64(cap(p)) >= size {
		return p
	}
	return append(make([]byte, 0, size), p...)
}

// buffers are lent to one transfer after the other; their length is that of
// the longest part they held.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

func lend() *[]byte { return buffers.Get().(*[]byte) }

// giveBack keeps buffers of ordinary parts only: those of a file of terabytes
// are too large to lie about.
func giveBack(p *[]byte) {
	if cap(*p) <= backup.Chunk {
		buffers.Put(p)
	}
}
