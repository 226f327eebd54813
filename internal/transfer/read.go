package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
)

// growAfter and growEvery set the parts of a source whose length nobody
// knows: 16 MiB each up to 15.6 GiB, then one chunk more every 125 parts,
// which makes 5 TiB of 10,000 parts.
const (
	growAfter = 1000
	growEvery = 125
	firstRead = 256 << 10 // what is first set aside for a body of unknown length
)

// PartSize is the length of part n (from 1) of size bytes, -1 for unknown: a
// multiple of backup.Chunk, the least with which 10,000 parts suffice.
func PartSize(n int, size int64) int64 {
	if size < 0 {
		return backup.Chunk * int64(1+max(0, n-growAfter)/growEvery)
	}
	chunks := (size + backup.Chunk - 1) / backup.Chunk
	return backup.Chunk * max(1, (chunks+store.MaxParts-1)/store.MaxParts)
}

// fill reads the next part into buf and reports whether the body has ended.
func (m *move) fill(ctx context.Context, buf *[]byte) (bool, error) {
	want := PartSize(len(m.parts)+1, m.point.Size)
	known := m.point.Size >= 0
	if known {
		want = min(want, m.point.Size-m.point.Done)
		*buf = grow((*buf)[:0], want)
	}
	p, err := readUpTo(m.body, (*buf)[:0], want)
	*buf = p
	m.moved += int64(len(p))
	at := m.point.Done + int64(len(p))
	switch {
	case err != nil && err != io.EOF:
		return false, broken(ctx, at, m.point.Size, err)
	case known && int64(len(p)) < want:
		return false, broken(ctx, at, m.point.Size, io.ErrUnexpectedEOF)
	case !known:
		return err == io.EOF, nil
	case at < m.point.Size:
		return false, nil
	}
	return true, m.ended(ctx, at)
}

// ended makes sure that nothing follows the last byte that was promised.
func (m *move) ended(ctx context.Context, at int64) error {
	var one [1]byte
	n, err := io.ReadFull(m.body, one[:])
	if n > 0 {
		return fault.New(fault.PortalUnavailable, fmt.Sprintf(
			"the answer goes on after the %d bytes that were promised", at))
	}
	if err != io.EOF {
		return broken(ctx, at, m.point.Size, err)
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

// broken says where an answer broke off. A kind that the source gave stays,
// and the end of ctx passes through.
func broken(ctx context.Context, at, size int64, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	of := ""
	if size >= 0 {
		of = fmt.Sprintf(" of %d", size)
	}
	err = fmt.Errorf("the answer broke off after %d%s bytes: %w", at, of, err)
	if fault.Of(err) != "" {
		return err
	}
	return fault.As(fault.PortalUnavailable, err)
}

// exactly is a body of which left bytes must come: an early end is not io.EOF.
type exactly struct {
	*Body
	ctx  context.Context //nolint:containedctx // lives for one look
	left int64
}

func (w *exactly) Read(p []byte) (int, error) {
	if w.left == 0 {
		return 0, io.EOF
	}
	n, err := w.Body.Read(p[:min(int64(len(p)), w.left)])
	w.left -= int64(n)
	switch {
	case err == nil, w.left == 0:
		return n, nil
	case errors.Is(err, io.EOF), fault.Of(err) == "" && w.ctx.Err() == nil:
		return n, fault.As(fault.PortalUnavailable, fmt.Errorf("the answer broke off: %w", err))
	}
	return n, err
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
