package arcgis

import (
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// ranged asks for a part. A store of files refuses it by If-Match when the
// data have changed; the portal itself, which may know the data under another
// mark than the store does, is asked by If-Range, and answers whole then. A
// weak mark is good for neither.
func (f *fetch) ranged(h http.Header) {
	switch {
	case f.from == 0 && f.n <= 0:
		return
	case f.n > 0:
		h.Set("Range", fmt.Sprintf("bytes=%d-%d", f.from, f.from+f.n-1))
	default:
		h.Set("Range", fmt.Sprintf("bytes=%d-", f.from))
	}
	switch {
	case f.etag == "" || strings.HasPrefix(f.etag, "W/"):
	case f.linked && strings.HasPrefix(f.etag, `"`):
		h.Set("If-Match", f.etag)
	case f.linked:
		h.Set("If-Unmodified-Since", f.etag)
	default:
		h.Set("If-Range", f.etag)
	}
}

// mark is what tells these data from others: the entity tag, else the time of
// the last change as the source writes it, which never begins like a tag.
func mark(h http.Header) string { return cmp.Or(h.Get("ETag"), h.Get("Last-Modified")) }

// part checks that a 206 is the part that was asked for, of the same data, and
// gives its length.
func (f *fetch) part(r *http.Response, b *Body) (int64, error) {
	first, last, size, err := contentRange(r.Header.Get("Content-Range"))
	switch {
	case err != nil || first != f.from || last < first || r.ContentLength >= 0 && r.ContentLength != last-first+1 || !f.asked(last, size):
		return 0, fault.New(fault.PortalUnavailable, fmt.Sprintf("%s: asked from byte %d, %q came", f.what(), f.from, tidy(r.Header.Get("Content-Range"))))
	case f.etag != "" && b.ETag != "" && b.ETag != f.etag:
		return 0, f.changed()
	}
	b.From, b.Size, b.Ranges = first, size, true
	return last - first + 1, nil
}

// asked reports whether a part that was asked for may end there. Where nobody
// says how long the whole is, a shorter one may be its end.
func (f *fetch) asked(last, size int64) bool {
	switch {
	case f.n > 0 && last > f.from+f.n-1, f.n <= 0 && f.from == 0, size >= 0 && last >= size:
		return false
	case f.n > 0 && last == f.from+f.n-1, size < 0:
		return true
	}
	return last == size-1
}

func (f *fetch) changed() error {
	return fault.New(fault.ChangedWhileRead, f.what()+": the data changed while they were read")
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
