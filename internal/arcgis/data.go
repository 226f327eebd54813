package arcgis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// mostHops bounds the redirections from /data to the bytes.
const mostHops = 5

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
			return nil, fmt.Errorf("%s: %w", d, err)
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

func (d *Data) String() string { return "read data of " + d.id }

// A fetch is one way from /data to the bytes.
type fetch struct {
	*Data
	session *session
	from    int64
	etag    string
	watch   *watch
	at      *url.URL // where it has come to
	linked  bool     // a redirection has led away from /data
}

func (f *fetch) run(ctx context.Context) (*Body, error) {
	f.watch = newWatch(ctx, f.client.opts.Patience)
	r, err := f.hops(f.client.portal.rest("content", "items", f.id, "data"))
	if err == nil {
		var body *Body
		if body, err = f.body(r); err == nil {
			return body, nil
		}
		r.Body.Close()
	}
	f.watch.end()
	return nil, f.session.scrub(err)
}

// hops follows redirections by hand: a redirection gets neither the token nor
// the Referer, and leads only where reachOf allows.
func (f *fetch) hops(to *url.URL) (*http.Response, error) {
	for range mostHops + 1 {
		f.at = to
		r, err := f.get(to)
		if err != nil {
			return nil, broken(f.watch.ctx, f.String(), to, err)
		}
		if r.StatusCode/100 != 3 || r.StatusCode == http.StatusNotModified {
			return r, nil
		}
		r.Body.Close()
		next, err := to.Parse(r.Header.Get("Location"))
		if err != nil || r.Header.Get("Location") == "" {
			return nil, fault.New(fault.PortalUnavailable, f.String()+": "+to.Host+" redirects to an address that can't be read")
		}
		to, f.linked = next, true
	}
	return nil, fault.New(fault.PortalUnavailable, fmt.Sprintf("%s: more than %d redirections", f, mostHops))
}

func (f *fetch) get(to *url.URL) (*http.Response, error) {
	r, err := http.NewRequestWithContext(f.watch.ctx, http.MethodGet, to.String(), nil)
	if err != nil {
		return nil, errors.New("its address can't be used")
	}
	r.Header.Set("User-Agent", f.client.opts.Agent)
	r.Header.Set("Accept-Encoding", "identity")
	f.ranged(r.Header)
	if f.linked {
		return f.client.follow(f.session.wires, r)
	}
	f.session.sign(r)
	return f.session.wires.portal.Do(r)
}

// ranged asks for a part. A store of files refuses it by If-Match when the
// data have changed; the portal itself, which may know the data under another
// mark than the store does, is asked by If-Range, and answers whole then. A
// weak mark is good for neither.
func (f *fetch) ranged(h http.Header) {
	if f.from == 0 {
		return
	}
	h.Set("Range", fmt.Sprintf("bytes=%d-", f.from))
	switch {
	case f.etag == "" || strings.HasPrefix(f.etag, "W/"):
	case f.linked:
		h.Set("If-Match", f.etag)
	default:
		h.Set("If-Range", f.etag)
	}
}

// body judges the reply at the end of the way.
func (f *fetch) body(r *http.Response) (*Body, error) {
	f.watch.clock.Stop()
	switch r.StatusCode {
	case http.StatusOK, http.StatusPartialContent, http.StatusNoContent:
	default:
		return nil, f.refused(r)
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, fault.New(fault.ContentInvalid, fmt.Sprintf("%s: it comes encoded as %q, which nobody asked for", f, tidy(e)))
	}
	b := &Body{Size: r.ContentLength, ETag: r.Header.Get("ETag"), Type: r.Header.Get("Content-Type"), Name: fileName(r.Header)}
	if r.StatusCode == http.StatusPartialContent {
		if err := f.part(r, b); err != nil {
			return nil, err
		}
	} else {
		b.Ranges = f.from == 0 && strings.EqualFold(strings.TrimSpace(r.Header.Get("Accept-Ranges")), "bytes")
	}
	stream := &stream{Body: r.Body, fetch: f, left: r.ContentLength}
	b.ReadCloser = stream
	if b.From > 0 {
		return b, nil
	}
	return b, f.peek(stream, r)
}

// part checks that a 206 is the part that was asked for, of the same data.
func (f *fetch) part(r *http.Response, b *Body) error {
	first, last, size, err := contentRange(r.Header.Get("Content-Range"))
	switch {
	case err != nil || first != f.from || f.from == 0 || r.ContentLength >= 0 && r.ContentLength != last-first+1 ||
		size >= 0 && last != size-1:
		return fault.New(fault.PortalUnavailable, fmt.Sprintf("%s: asked from byte %d, %q came", f, f.from, tidy(r.Header.Get("Content-Range"))))
	case f.etag != "" && b.ETag != "" && b.ETag != f.etag:
		return f.changed()
	}
	b.From, b.Size, b.Ranges = first, size, true
	return nil
}

func (f *fetch) changed() error {
	return fault.New(fault.ChangedWhileRead, f.String()+": the data changed while they were read")
}

// contentRange reads "bytes 5-9/10"; size is -1 for "*".
func contentRange(s string) (first, last, size int64, err error) {
	span, whole, _ := strings.Cut(s, "/")
	if _, err = fmt.Sscanf(span, "bytes %d-%d", &first, &last); err != nil {
		return 0, 0, 0, err
	}
	if whole == "*" {
		return first, last, -1, nil
	}
	_, err = fmt.Sscanf(whole, "%d", &size)
	return first, last, size, err
}

// fileName reads Content-Disposition; a path in it is cut off.
func fileName(h http.Header) string {
	_, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	name := path.Base(strings.ReplaceAll(params["filename"], `\`, "/"))
	if err != nil || name == "." || name == "/" || name == ".." {
		return ""
	}
	return name
}

// A watch ends a request when no byte came for a while. It runs only while
// somebody waits for bytes, not while they are being worked on.
type watch struct {
	ctx      context.Context
	stop     context.CancelCauseFunc
	clock    *time.Timer
	patience time.Duration
}

func newWatch(ctx context.Context, patience time.Duration) *watch {
	ctx, stop := context.WithCancelCause(ctx)
	return &watch{ctx, stop, time.AfterFunc(patience, func() { stop(errSilent) }), patience}
}

func (w *watch) end() {
	w.clock.Stop()
	w.stop(nil)
}
