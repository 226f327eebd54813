package arcgis

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// mostError is the length up to which a reply may be an error in disguise;
// Esri's own are below 1 KB.
const mostError = 64 << 10

// stream reads a body under its watch.
type stream struct {
	Body  io.ReadCloser
	fetch *fetch
	head  []byte // read ahead
	left  int64  // bytes that were announced and have not come, -1 unknown
	err   error  // what reading ahead ended with
}

func (s *stream) Read(p []byte) (int, error) {
	if len(s.head) > 0 {
		n := copy(p, s.head)
		s.head = s.head[n:]
		return n, nil
	}
	if s.err != nil {
		return 0, s.err
	}
	return s.read(p)
}

func (s *stream) read(p []byte) (int, error) {
	w := s.fetch.watch
	w.clock.Reset(w.patience)
	n, err := s.Body.Read(p)
	w.clock.Stop()
	if s.left > 0 {
		s.left -= int64(n)
	}
	switch {
	case err == io.EOF && s.left > 0:
		err = io.ErrUnexpectedEOF
		fallthrough
	case err != nil && err != io.EOF:
		err = cut(w.ctx, s.fetch, err)
	}
	return n, err
}

func (s *stream) Close() error {
	s.fetch.watch.end()
	return s.Body.Close()
}

// peek looks for an error object where bytes were expected. Only a short
// reply that begins like an object is read ahead.
func (f *fetch) peek(s *stream, r *http.Response) error {
	if r.ContentLength > mostError {
		return nil
	}
	buffer := make([]byte, mostError)
	n := 0
	for n < len(buffer) && s.err == nil && (n == 0 || looksLikeObject(buffer[:n])) {
		var m int
		m, s.err = s.read(buffer[n:])
		n += m
	}
	s.head = buffer[:n:n]
	if s.err != io.EOF {
		return nil
	}
	if t, is := findTrouble(s.head); is && t.only {
		return f.understand(r, s.head)
	}
	return nil
}

func looksLikeObject(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	return len(head) == 0 || head[0] == '{'
}

// errExpired says that a signed address is not accepted any more.
var errExpired = errors.New("the signed address is not accepted any more")

// errNoBytes says that there is not even a first byte to give.
var errNoBytes = errors.New("there are no bytes")

// refused understands a status that is no success.
func (f *fetch) refused(r *http.Response) error {
	switch {
	case r.StatusCode == http.StatusRequestedRangeNotSatisfiable && f.from == 0 && f.n > 0:
		return errNoBytes
	case r.StatusCode == http.StatusPreconditionFailed, r.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		return f.changed()
	}
	body, err := io.ReadAll(io.LimitReader(&stream{Body: r.Body, fetch: f, left: -1}, mostError))
	if err != nil {
		return err
	}
	if f.linked {
		return f.refusedLink(r, body)
	}
	return f.understand(r, body)
}

// understand gives the portal's own error, or ErrNoData for those that say so.
func (f *fetch) understand(r *http.Response, body []byte) error {
	err := answer{"read data of", f.id, r.StatusCode, r.Header, body}.trouble()
	var e *Error
	if errors.As(err, &e) {
		words := strings.ToLower(e.Message + " " + strings.Join(e.Details, " "))
		if e.MessageCode == "CONT_0004" || strings.Contains(words, "does not have a file") {
			return fmt.Errorf("%w: %w", e, ErrNoData)
		}
	}
	return err
}

// refusedLink understands a store of files, which speaks XML. Its refusals are
// not about our rights, for the portal had allowed the way there, so another
// try may mend them.
func (f *fetch) refusedLink(r *http.Response, body []byte) error {
	var said struct{ Code, Message string }
	if xml.Unmarshal(body, &said) != nil {
		said.Code, said.Message = "", http.StatusText(r.StatusCode)
	}
	if r.StatusCode == http.StatusTooManyRequests || r.StatusCode == http.StatusServiceUnavailable {
		pause := slowDown
		if r.Header.Get("Retry-After") != "" {
			pause = answer{header: r.Header}.pause(trouble{})
		}
		return &Throttled{Op: f.what(), After: pause}
	}
	err := fault.New(fault.PortalUnavailable,
		fmt.Sprintf("%s: %s answers %d %s %s", f.what(), r.Request.URL.Host, r.StatusCode, said.Code, tidy(said.Message)))
	if r.StatusCode == http.StatusForbidden {
		return fmt.Errorf("%w (%w)", err, errExpired)
	}
	return err
}
