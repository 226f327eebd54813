package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

// web is a server of one file that does what its fields say, and the Source
// that reads it over HTTP as the portal's client does.
type web struct {
	mu       sync.Mutex
	body     []byte
	etag     string
	noRanges bool         // answers every request from the first byte
	chunked  bool         // says no length
	cutAt    int          // breaks every answer off at that byte; 0 never
	says     int          // a length that is not true; 0 the true one
	asked    []int64      // where each answer was asked to begin
	during   func(w *web) // called before each answer, with the number of answers in asked
	answers  func(from int64, ask int) fate

	url string
}

func serve(t testing.TB, w *web) *web {
	t.Helper()
	if w.etag == "" {
		w.etag = `"1"`
	}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// A fate is what becomes of one answer.
type fate struct {
	status int           // instead of the bytes; 0 the bytes
	after  string        // its Retry-After
	cut    bool          // the answer breaks off half-way
	hang   chan struct{} // half-way it stops until this is closed
	whole  bool          // it is all bytes, as if no part had been asked for
	extra  bool          // a byte more than there should be
}

func (w *web) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	from, to, ranged := w.span(r.Header.Get("Range"))
	w.asked = append(w.asked, int64(from))
	if w.during != nil {
		w.during(w)
	}
	var f fate
	if w.answers != nil {
		f = w.answers(int64(from), len(w.asked))
	}
	if f.status != 0 {
		w.mu.Unlock()
		rw.Header().Set("Retry-After", f.after)
		rw.WriteHeader(f.status)
		return
	}
	if match := r.Header.Get("If-Range"); w.noRanges || f.whole || match != "" && match != w.etag {
		from, to, ranged = 0, len(w.body), false
	}
	body, cutAt := w.body, w.cutAt
	w.head(rw, from, to, ranged, f.extra)
	w.mu.Unlock()
	http.NewResponseController(rw).Flush() //nolint:errcheck // so that a short answer gets no length of the server's
	if f.cut || f.hang != nil {
		cutAt = (from + to) / 2
	}
	if cutAt > from && cutAt < min(to, len(body)) {
		rw.Write(body[from:cutAt])             //nolint:errcheck // the client may be gone
		http.NewResponseController(rw).Flush() //nolint:errcheck // as above
		if f.hang == nil {
			panic(http.ErrAbortHandler)
		}
		<-f.hang
		from = cutAt
	}
	rw.Write(body[from:min(to, len(body))]) //nolint:errcheck // as above
	if f.extra {
		rw.Write([]byte("!")) //nolint:errcheck // as above
	}
}

// span reads "bytes=5-9", which may end beyond the body.
func (w *web) span(header string) (from, to int, ranged bool) {
	to = len(w.body)
	last := to - 1
	if n, _ := fmt.Sscanf(header, "bytes=%d-%d", &from, &last); n == 0 || from >= to { //nolint:errcheck // the end may be open
		return 0, to, false
	}
	return from, min(to, last+1), true
}

func (w *web) head(rw http.ResponseWriter, from, to int, ranged, extra bool) {
	if w.etag != "none" {
		rw.Header().Set("ETag", w.etag)
	}
	length := to - from
	if w.says > 0 {
		length = w.says
	}
	if !w.chunked && !extra {
		rw.Header().Set("Content-Length", strconv.Itoa(length))
	}
	if ranged {
		rw.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, len(w.body)))
		rw.WriteHeader(http.StatusPartialContent)
	}
}

func (w *web) Open(ctx context.Context, from, n int64, etag string) (*transfer.Body, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url, nil)
	if err != nil {
		return nil, err
	}
	switch {
	case n >= 0:
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, from+n-1))
	case from > 0:
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	if etag != "" {
		req.Header.Set("If-Range", etag)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fault.As(fault.PortalUnavailable, err)
	}
	if res.StatusCode >= 300 {
		res.Body.Close()                                        //nolint:errcheck // there is nothing in it
		after, _ := strconv.Atoi(res.Header.Get("Retry-After")) //nolint:errcheck // 0 where there is none
		return nil, fault.As(fault.PortalUnavailable, &busy{res.Status, time.Duration(after) * time.Second})
	}
	b := &transfer.Body{ReadCloser: res.Body, Size: res.ContentLength, ETag: res.Header.Get("ETag"), Type: "application/zip"}
	if res.StatusCode == http.StatusPartialContent {
		b.From, b.Ranges = from, true
		_, whole, _ := strings.Cut(res.Header.Get("Content-Range"), "/")
		b.Size, err = strconv.ParseInt(whole, 10, 64)
	}
	return b, errors.Join(err)
}

// busy is an answer that asks for a pause.
type busy struct {
	status string
	after  time.Duration
}

func (b *busy) Error() string             { return "the source answers " + b.status }
func (b *busy) RetryAfter() time.Duration { return b.after }

// starts are where answers were asked to begin since the last look, from the
// lowest on: several streams ask in no order.
func (w *web) starts() []int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	asked := w.asked
	w.asked = nil
	slices.Sort(asked)
	return asked
}

// set changes the server between answers.
func (w *web) set(change func(w *web)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w)
}
