package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

// web is a server of one file that does what its fields say, and the Source
// that reads it over HTTP as the portal's client does.
type web struct {
	mu       sync.Mutex
	body     []byte
	etag     string
	noRanges bool         // answers every request from the first byte, and says so
	forgets  bool         // promises ranges and answers from the first byte all the same
	chunked  bool         // says no length
	cutAt    int          // breaks every answer off at that byte; 0 never
	says     int          // a length that is not true; 0 the true one
	asked    []int64      // where each answer was asked to begin
	during   func(w *web) // called before each answer, with the number of answers in asked

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

func (w *web) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var from int64
	fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from) //nolint:errcheck // no range is 0
	w.asked = append(w.asked, from)
	if w.during != nil {
		w.during(w)
	}
	match := r.Header.Get("If-Range")
	if w.noRanges || w.forgets || match != "" && match != w.etag {
		from = 0
	}
	if w.etag != "none" {
		rw.Header().Set("ETag", w.etag)
	}
	if !w.noRanges {
		rw.Header().Set("Accept-Ranges", "bytes")
	}
	length := len(w.body) - int(from)
	if w.says > 0 {
		length = w.says
	}
	if !w.chunked {
		rw.Header().Set("Content-Length", strconv.Itoa(length))
	}
	if from > 0 {
		rw.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(w.body)-1, len(w.body)))
		rw.WriteHeader(http.StatusPartialContent)
	}
	http.NewResponseController(rw).Flush() //nolint:errcheck // so that a short answer gets no length of the server's
	body := w.body[from:]
	if w.cutAt > 0 && w.cutAt > int(from) && w.cutAt < len(w.body) {
		rw.Write(body[:w.cutAt-int(from)])     //nolint:errcheck // the client may be gone
		http.NewResponseController(rw).Flush() //nolint:errcheck // as above
		panic(http.ErrAbortHandler)
	}
	rw.Write(body) //nolint:errcheck // as above
}

func (w *web) Open(ctx context.Context, from int64, etag string) (*transfer.Body, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url, nil)
	if err != nil {
		return nil, err
	}
	if from > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	if etag != "" {
		req.Header.Set("If-Range", etag)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fault.As(fault.PortalUnavailable, err)
	}
	b := &transfer.Body{
		ReadCloser: res.Body, Size: res.ContentLength, ETag: res.Header.Get("ETag"),
		Type: "application/zip", Ranges: res.Header.Get("Accept-Ranges") != "",
	}
	if res.StatusCode == http.StatusPartialContent {
		b.From = from
		_, whole, _ := strings.Cut(res.Header.Get("Content-Range"), "/")
		b.Size, err = strconv.ParseInt(whole, 10, 64)
	}
	return b, errors.Join(err)
}

// starts are where answers were asked to begin, since the last look.
func (w *web) starts() []int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	asked := w.asked
	w.asked = nil
	return asked
}

// set changes the server between answers.
func (w *web) set(change func(w *web)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w)
}
