package download

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

// origin lets transfer read from the portal; neither knows the other.
type origin struct {
	portal *arcgis.Client
	data   *arcgis.Data
	item   string
	size   int64 // of a file and its resources, as the portal says; 0 where that tells nothing

	mu    sync.Mutex
	known map[int64]int64 // what length gave for each length that was sent
}

// Open opens a part of the data, and holds the length of the whole against
// what the portal says.
func (o *origin) Open(ctx context.Context, from, n int64, etag string) (*transfer.Body, error) {
	body, err := o.data.Part(ctx, from, n, etag)
	if err != nil {
		return nil, err
	}
	size, err := o.once(ctx, body.Size)
	if err != nil {
		return nil, errors.Join(err, body.Close())
	}
	return &transfer.Body{ReadCloser: body.ReadCloser, Size: size, From: body.From, ETag: body.ETag, Type: body.Type, Ranges: body.Ranges}, nil
}

// once is length, asked for all parts of a file together.
func (o *origin) once(ctx context.Context, sent int64) (int64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if size, is := o.known[sent]; is {
		return size, nil
	}
	size, err := o.length(ctx, sent)
	if err == nil {
		o.known = map[int64]int64{sent: size}
	}
	return size, err
}

// length is how long the data must be; sent is what the file's server says,
// -1 where it does not. The portal's size counts resources too, so they are
// asked for where the two differ.
func (o *origin) length(ctx context.Context, sent int64) (int64, error) {
	if o.size <= 0 || sent == o.size {
		return sent, nil
	}
	resources, err := o.resources(ctx)
	switch {
	case err != nil:
		return 0, err
	case sent < 0:
		return max(o.size-resources, -1), nil
	case sent > o.size || resources == 0:
		return 0, fault.New(fault.ChangedWhileRead, fmt.Sprintf("the portal says %d bytes, its server sends %d", o.size, sent))
	}
	return sent, nil
}

// resources counts them; a portal that can't list them has none to count.
func (o *origin) resources(ctx context.Context) (int64, error) {
	n, err := o.portal.ResourceBytes(ctx, o.item)
	var said *arcgis.Error
	if errors.As(err, &said) && !fault.Is(err, fault.PortalUnavailable) && !fault.Is(err, fault.TokenRejected) {
		return 0, nil
	}
	return n, err
}
