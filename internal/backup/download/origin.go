package download

import (
	"context"
	"errors"
	"fmt"

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
}

// Open opens the data part at an offset, and holds its length against what
// the portal says.
func (o origin) Open(ctx context.Context, from int64, etag string) (*transfer.Body, error) {
	body, err := o.data.Open(ctx, from, etag)
	if err != nil {
		return nil, err
	}
	size, err := o.length(ctx, body.Size)
	if err != nil {
		return nil, errors.Join(err, body.Close())
	}
	return &transfer.Body{ReadCloser: body.ReadCloser, Size: size, From: body.From, ETag: body.ETag, Type: body.Type, Ranges: body.Ranges}, nil
}

// length is how long the data must be; sent is what the file's server says,
// -1 where it does not. The portal's size counts resources too, so they are
// asked for where the two differ.
func (o origin) length(ctx context.Context, sent int64) (int64, error) {
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
func (o origin) resources(ctx context.Context) (int64, error) {
	n, err := o.portal.ResourceBytes(ctx, o.item)
	var said *arcgis.Error
	if errors.As(err, &said) && !fault.Is(err, fault.PortalUnavailable) && !fault.Is(err, fault.TokenRejected) {
		return 0, nil
	}
	return n, err
}
