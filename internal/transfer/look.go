package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/fault"
)

// look opens the source again for bytes that have passed already. A source
// without ranges is read from its beginning.
func (m *move) look(ctx context.Context) content.Look {
	return func(at, n int64) (io.ReadCloser, error) {
		body, err := m.Source.Open(ctx, at, n, m.point.ETag)
		if err != nil {
			return nil, err
		}
		if body.ETag != m.point.ETag || body.From > at {
			return nil, errors.Join(fault.New(fault.ChangedWhileRead, "the source changed before its end could be read again"), body.Close())
		}
		r := &exactly{Body: body, ctx: ctx, left: at - body.From}
		if _, err := io.CopyN(io.Discard, r, at-body.From); err != nil {
			return nil, errors.Join(err, body.Close())
		}
		r.left = n
		return r, nil
	}
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

// broken says where an answer broke off. A kind that the source gave stays,
// and the end of ctx passes through.
func broken(ctx context.Context, at, size int64, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
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
