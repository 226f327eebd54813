package arcgis

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// mostHops bounds the redirections from /data to the bytes.
const mostHops = 5

// A fetch is one way from /data to the bytes.
type fetch struct {
	*Data
	session *session
	from    int64
	n       int64 // bytes from there on, negative: all
	etag    string
	watch   *watch
	at      *url.URL // where it has come to
	linked  bool     // a redirection has led away from /data
}

func (f *fetch) run(ctx context.Context) (*Body, error) {
	f.watch = newWatch(ctx, f.client.opts.Patience)
	from, known := f.client.portal.rest("content", "items", f.id, "data"), f.link.Load()
	if f.linked = known != nil; f.linked {
		from = known
	}
	r, err := f.hops(from)
	if err == nil {
		var body *Body
		if body, err = f.body(r); err == nil {
			f.remember(known)
			return body, nil
		}
		_ = r.Body.Close()
	}
	if !fault.Is(err, fault.ChangedWhileRead) && !errors.As(err, new(*Throttled)) {
		f.link.CompareAndSwap(known, nil)
	}
	f.watch.end()
	return nil, f.session.scrub(err)
}

// remember keeps the address that a redirection led to, in place of known. It
// is asked without anything that identifies us, like every link.
func (f *fetch) remember(known *url.URL) {
	if f.linked {
		f.link.CompareAndSwap(known, f.at)
	}
}

// hops follows redirections by hand: a redirection gets neither the token nor
// the Referer, and leads only where reachOf allows.
func (f *fetch) hops(to *url.URL) (*http.Response, error) {
	for range mostHops + 1 {
		f.at = to
		r, err := f.get(to)
		if err != nil {
			return nil, broken(f.watch.ctx, f.what(), to, err)
		}
		if r.StatusCode/100 != 3 || r.StatusCode == http.StatusNotModified {
			return r, nil
		}
		_ = r.Body.Close()
		next, err := to.Parse(r.Header.Get("Location"))
		if err != nil || r.Header.Get("Location") == "" {
			return nil, fault.New(fault.PortalUnavailable, f.what()+": "+to.Host+" redirects to an address that can't be read")
		}
		to, f.linked = next, true
	}
	return nil, fault.New(fault.PortalUnavailable, fmt.Sprintf("%s: more than %d redirections", f.what(), mostHops))
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

// body judges the reply at the end of the way.
func (f *fetch) body(r *http.Response) (*Body, error) {
	f.watch.clock.Stop()
	switch r.StatusCode {
	case http.StatusOK, http.StatusPartialContent, http.StatusNoContent:
	default:
		return nil, f.refused(r)
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, fault.New(fault.ContentInvalid, fmt.Sprintf("%s: it comes encoded as %q, which nobody asked for", f.what(), tidy(e)))
	}
	b := &Body{Size: r.ContentLength, ETag: mark(r.Header), Type: r.Header.Get("Content-Type"), Name: fileName(r.Header)}
	left := r.ContentLength
	if r.StatusCode == http.StatusPartialContent {
		var err error
		if left, err = f.part(r, b); err != nil {
			return nil, err
		}
	}
	stream := &stream{Body: r.Body, fetch: f, left: left}
	b.ReadCloser = stream
	if b.From > 0 {
		return b, nil
	}
	return b, f.peek(stream, r)
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
