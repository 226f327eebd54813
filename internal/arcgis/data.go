package arcgis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync/atomic"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// Data is an item's data part: its file, its JSON text, or the file of an
// export. It may be used by many goroutines.
type Data struct {
	client *Client
	id     string
	link   atomic.Pointer[url.URL] // where the portal led last, for as long as that is accepted
}

// Data names the data part of an item; nothing is asked yet.
func (c *Client) Data(id string) *Data { return &Data{client: c, id: id} }

// A Body is bytes on their way. Reading ends with io.EOF only when all that
// were announced have come; a cut, and silence for as long as Options.Patience,
// are PortalUnavailable. Close it.
type Body struct {
	io.ReadCloser
	Size   int64  // of the whole data, -1 where the source does not say
	From   int64  // where these bytes begin
	ETag   string // marks the whole data: their entity tag, else when they were changed; "" where the source says neither
	Type   string // what the source says; not reliable
	Name   string // file name that the source says, mostly ""
	Ranges bool   // these are the bytes that were asked for, of a source that gives any
}

// Open asks for the bytes from an offset on, 0 for all; see Part.
func (d *Data) Open(ctx context.Context, from int64, etag string) (*Body, error) {
	return d.Part(ctx, from, -1, etag)
}

// Part asks for n bytes from an offset on, or for those up to the end where
// there are fewer; all of them where n is negative. Give the ETag of the Body
// before: when the data have changed since, Part fails with ChangedWhileRead,
// or gives the new data from 0. A source that can't give a part answers from 0
// too, without Ranges. An item without a data part is ErrNoData, or a Body of
// size 0.
//
// ArcGIS Online redirects to a signed address that is good for some minutes.
// It serves all parts until it is refused; then the portal is asked for a new
// one.
func (d *Data) Part(ctx context.Context, from, n int64, etag string) (*Body, error) {
	var stale *session
	for try := 1; ; try++ {
		s, err := d.client.session(ctx, stale)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.what(), err)
		}
		f := &fetch{Data: d, session: s, from: from, n: n, etag: etag}
		body, err := f.run(ctx)
		switch {
		case err == nil:
			return body, nil
		case errors.Is(err, errNoBytes):
			n = -1 // a server that is asked for no range says the rest about them
		case try == 1 && errors.Is(err, errExpired):
		case try == 1 && fault.Is(err, fault.TokenRejected):
			stale = s
		default:
			return nil, err
		}
	}
}

func (d *Data) what() string { return "read data of " + d.id }
