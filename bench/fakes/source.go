package fakes

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Source serves /<size>/<any name>: a file of that many bytes, with an ETag,
// whole or by range. GET /-/count tells what was asked of it.
type Source struct {
	Fail  float64 // share of ranged requests answered 503
	Reset float64 // share of answers whose connection is reset midway
	Rate  float64 // bytes per second that one answer gets; 0 is all there are

	requests, bytes atomic.Int64
}

// Count is what was asked of an end since it started.
type Count struct{ Requests, Bytes int64 }

func (s *Source) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/-/count" {
		_ = json.NewEncoder(w).Encode(Count{s.requests.Load(), s.bytes.Load()})
		return
	}
	s.requests.Add(1)
	size, err := strconv.ParseInt(strings.Split(r.URL.Path, "/")[1], 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	from, to, ranged := span(r.Header.Get("Range"), size)
	if ranged && rand.Float64() < s.Fail {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	head := w.Header()
	head.Set("ETag", fmt.Sprintf(`"%d"`, size))
	head.Set("Last-Modified", "Thu, 01 Oct 2026 00:00:00 GMT")
	head.Set("Accept-Ranges", "bytes")
	head.Set("Content-Type", "application/octet-stream")
	head.Set("Content-Length", strconv.FormatInt(to-from, 10))
	if ranged {
		head.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, size))
		w.WriteHeader(http.StatusPartialContent)
	}
	if r.Method == http.MethodHead {
		return
	}
	var out io.Writer = counted{w, &s.bytes}
	if s.Rate > 0 {
		out = &paced{out, s.Rate, time.Now()}
	}
	if rand.Float64() < s.Reset {
		_ = Content(out, from, (to-from)/2)
		panic(http.ErrAbortHandler)
	}
	_ = Content(out, from, to-from) // the client may be gone
}

// paced writes no faster than rate bytes per second; a writer that was slow
// for a while does not catch up.
type paced struct {
	io.Writer
	rate float64
	due  time.Time // of the next byte
}

func (p *paced) Write(b []byte) (int, error) {
	time.Sleep(time.Until(p.due))
	if now := time.Now(); p.due.Before(now) {
		p.due = now
	}
	p.due = p.due.Add(time.Duration(float64(len(b)) / p.rate * float64(time.Second)))
	return p.Writer.Write(b)
}

// span reads a Range of one span; none, or an odd one, is the whole.
func span(header string, size int64) (from, to int64, ranged bool) {
	first, last, ok := strings.Cut(strings.TrimPrefix(header, "bytes="), "-")
	from, err := strconv.ParseInt(first, 10, 64)
	if !ok || err != nil || from >= size {
		return 0, size, false
	}
	to, err = strconv.ParseInt(last, 10, 64)
	if err != nil || to >= size {
		to = size - 1
	}
	return from, to + 1, true
}

type counted struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c counted) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.n.Add(int64(n))
	return n, err
}
