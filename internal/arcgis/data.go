package arcgis

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// Data is an item's data part: its file, its JSON text, or the file of an
// export.
type Data struct {
	client *Client
	id     string
}

// Data names the data part of an item; nothing is asked yet.
func (c *Client) Data(id string) *Data { return &Data{c, id} }

// A Body is bytes on their way. Reading ends with io.EOF only when all that
// were announced have come; a cut, and silence for as long as Options.Patience,
// are PortalUnavailable. Close it.
type Body struct {
	io.ReadCloser
	Size   int64  // of the whole data, -1 where the source does not say
	From   int64  // where these bytes begin
	ETag   string // of the whole data, "" where the source gives none
	Type   string // what the source says; not reliable
	Name   string // file name that the source says, mostly ""
	Ranges bool   // whether another Open may begin in the middle
}

// Open asks for the bytes from an offset on, 0 for all. To go on in the
// middle, give the ETag of the Body before: when the data have changed since,
// Open fails with ChangedWhileRead. A source that can't begin in the middle
// answers from 0, without Ranges. An item without a data part is ErrNoData, or
// a Body of size 0.
//
// ArcGIS Online redirects to a signed address that is good for some minutes;
// each Open asks for a new one, and once more when that is refused as expired.
func (d *Data) Open(ctx context.Context, from int64, etag string) (*Body, error) {
	var stale *session
	for try := 1; ; try++ {
		s, err := d.client.session(ctx, stale)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.what(), err)
		}
		f := &fetch{Data: d, session: s, from: from, etag: etag}
		body, err := f.run(ctx)
		switch {
		case err == nil:
			return body, nil
		case try == 1 && errors.Is(err, errExpired):
		case try == 1 && fault.Is(err, fault.TokenRejected):
			stale = s
		default:
			return nil, err
		}
	}
}

func (d *Data) what() string { return "read data of " + d.id }
