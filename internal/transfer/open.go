package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/fault"
)

// open asks the source to go on from the checkpoint, and begins anew where it
// does not.
func (m *move) open(ctx context.Context) error {
	body, err := m.Source.Open(ctx, m.point.Done, m.point.ETag)
	if m.point.Done > 0 && (fault.Is(err, fault.ChangedWhileRead) || err == nil && !m.point.goesOn(body)) {
		if err == nil {
			body.Close() //nolint:errcheck // nothing was read from it
		}
		if err := m.anew(ctx); err != nil {
			return err
		}
		body, err = m.Source.Open(ctx, 0, "")
	}
	if err != nil {
		return err
	}
	m.body = body
	if err := m.agree(); err != nil {
		return errors.Join(err, body.Close())
	}
	m.point.Size, m.point.ETag, m.point.Type = body.Size, body.ETag, body.Type
	if body.Size < 0 {
		m.point.Size = m.Size
	}
	m.savedAt = m.Now()
	return nil
}

// unchanged asks the source for the last byte of c again, and reports whether
// it is still that of the bytes that passed.
func (m *move) unchanged(ctx context.Context, c checkpoint) (bool, error) {
	body, err := m.Source.Open(ctx, c.Done-1, c.ETag)
	if fault.Is(err, fault.ChangedWhileRead) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	same := body.From == c.Done-1 && body.ETag == c.ETag && (body.Size < 0 || body.Size == c.Done)
	return same, body.Close()
}

// agree compares what the portal says with what its server is about to send.
func (m *move) agree() error {
	if m.body.From != m.point.Done {
		return fault.New(fault.PortalUnavailable, fmt.Sprintf(
			"asked for bytes from %d on, the answer begins at %d", m.point.Done, m.body.From))
	}
	if m.Size > 0 && m.body.Size >= 0 && m.Size != m.body.Size {
		return fault.New(fault.ChangedWhileRead, fmt.Sprintf(
			"the portal says %d bytes, its server sends %d", m.Size, m.body.Size))
	}
	return nil
}

// anew forgets what was done and counts how often.
func (m *move) anew(ctx context.Context) error {
	lost := m.point
	if err := m.Store.Abort(ctx, m.Key, lost.Upload); err != nil {
		return err
	}
	m.point, m.parts, m.watch = fresh(m.Job), nil, m.Check.Start()
	m.point.Anew = lost.Anew + 1
	if m.point.Anew <= maxAnew {
		return nil
	}
	m.point.Anew = 0
	return errors.Join(fault.New(fault.PortalUnavailable, fmt.Sprintf(
		"the source can't go on where a transfer stopped; it began anew %d times, the last after %d bytes",
		maxAnew, lost.Done)), m.save(ctx))
}

// look opens the source again for bytes that have passed already. A source
// without ranges is read from its beginning.
func (m *move) look(ctx context.Context) content.Look {
	return func(at, n int64) (io.ReadCloser, error) {
		body, err := m.Source.Open(ctx, at, m.point.ETag)
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
