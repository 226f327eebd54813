package store

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/minio/crc64nvme"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// UploadOptions say how Upload writes.
type UploadOptions struct {
	IfNoneMatch bool   // only where there is no object of that key
	Type        string // content type, "" is JSON
}

// Upload writes all that r gives, of any length up to MaxParts parts of 16
// MiB (156 GiB), holding one part in memory. Nothing is visible before r has
// ended without error. It reports whether it wrote: with IfNoneMatch a taken
// key is no error, and may hold what an earlier call wrote (see Create).
func (s *Store) Upload(ctx context.Context, key string, r io.Reader, o UploadOptions) (Object, bool, error) {
	source := &source{Reader: r}
	done, err := s.upload(ctx, key, source, o)
	switch {
	case err == nil:
		return done, true, nil
	case source.err != nil:
		return Object{}, false, fmt.Errorf("put %s: read what to put: %w", key, source.err)
	case o.IfNoneMatch && code(err) == preconditionFailed:
		return Object{}, false, nil
	}
	return Object{}, false, s.trouble(ctx, "put", key, err)
}

// source remembers what reading failed with, which is no trouble of the bucket's.
type source struct {
	io.Reader
	err error
}

func (r *source) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

func (s *Store) upload(ctx context.Context, key string, r io.Reader, o UploadOptions) (Object, error) {
	body, last, err := s.piece(r, nil)
	switch {
	case err != nil:
		return Object{}, err
	case last:
		return s.put(ctx, key, body, o.Type, o.IfNoneMatch)
	}
	return s.uploadParts(ctx, key, r, body, o)
}

// uploadParts sends body and what follows it in r; an upload that can't be
// completed is aborted.
func (s *Store) uploadParts(ctx context.Context, key string, r io.Reader, body []byte, o UploadOptions) (done Object, err error) {
	upload, err := s.Begin(ctx, key, o.Type)
	if err != nil {
		return Object{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Abort(context.WithoutCancel(ctx), key, upload))
		}
	}()
	var parts []Part
	var size int64
	var crc uint64
	for last := false; len(body) > 0; {
		if len(parts) == MaxParts {
			return Object{}, fault.New(fault.StoreRefused, "it is longer than an upload may be")
		}
		p, err := s.Part(ctx, key, upload, int32(len(parts)+1), body)
		if err != nil {
			return Object{}, err
		}
		parts, size, crc = append(parts, p), size+p.Size, crc64nvme.Update(crc, body)
		if last {
			break
		}
		if body, last, err = s.piece(r, body); err != nil {
			return Object{}, err
		}
	}
	return s.complete(ctx, key, upload, parts, size, SumText(crc), o.IfNoneMatch)
}

// piece reads the next part of r into body, which grows as it must, and
// reports whether r has ended.
func (s *Store) piece(r io.Reader, body []byte) ([]byte, bool, error) {
	body = body[:0]
	for int64(len(body)) < s.limits.piece {
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		room := body[len(body):min(int64(cap(body)), s.limits.piece)]
		n, err := r.Read(room)
		body = body[:len(body)+n]
		if err == io.EOF {
			return body, true, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
	return body, false, nil
}
