package arcgis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// mostAnswer bounds an answer held in memory: a page of 100 items with
// descriptions of 64 KB each is about 7 MB.
const mostAnswer = 32 << 20

// A question is one call of the REST API.
type question struct {
	op, item string // for errors
	to       *url.URL
	params   url.Values
	changes  bool // a POST that changes something, sent once
}

// ask signs in where needed, asks and reads the JSON answer, which it also
// gives back as it came. A token that the portal rejects is renewed once.
func (c *Client) ask(ctx context.Context, q question, into any) ([]byte, error) {
	var s *session
	for try := 1; ; try++ {
		var err error
		if s, err = c.session(ctx, s); err != nil {
			return nil, fmt.Errorf("%s: %w", said(q.op, q.item), err)
		}
		a, err := c.send(ctx, s, q, true)
		if err == nil {
			err = a.read(into)
		}
		if err == nil {
			return a.body, nil
		}
		if try > 1 || !fault.Is(err, fault.TokenRejected) {
			return nil, q.unsure(err)
		}
	}
}

// unsure marks an error after which a change may have been made: any but a
// plain no, and one that kept the request from leaving.
func (q question) unsure(err error) error {
	var e *Error
	var t *Throttled
	no := errors.As(err, &e) && e.Code > 0 && e.Code < 500 || errors.As(err, &t) && !t.late
	if !q.changes || no || errors.As(err, new(*unsent)) || fault.Of(err) != fault.PortalUnavailable {
		return err
	}
	return &Unsure{Err: err}
}

// unsent is the failure of a request that never left.
type unsent struct{ error }

func (u *unsent) Unwrap() error { return u.error }

// send asks once. Every answer that is an error comes back as one.
func (c *Client) send(ctx context.Context, s *session, q question, signed bool) (answer, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	clock := time.AfterFunc(c.opts.Patience, func() { stop(errSilent) })
	defer clock.Stop()

	var left atomic.Bool
	r, err := c.request(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { left.Store(true) },
	}), q)
	if err != nil {
		return answer{}, err
	}
	response, err := c.do(s, r, q, signed)
	if err == nil {
		defer response.Body.Close()
		var a answer
		if a, err = c.readAll(q, response, clock); err == nil {
			if err := a.trouble(); err != nil {
				return answer{}, s.scrub(err)
			}
			return a, nil
		}
	}
	err = broken(ctx, said(q.op, q.item), q.to, err)
	if !left.Load() {
		err = &unsent{err}
	}
	return answer{}, err
}

// do sends a request on the wire that is meant for it.
func (c *Client) do(s *session, r *http.Request, q question, signed bool) (*http.Response, error) {
	if signed {
		s.sign(r)
	}
	switch {
	case q.changes:
		return s.wires.once.Do(r)
	case c.mayHaveToken(q.to):
		return s.wires.portal.Do(r)
	}
	return c.follow(s.wires, r)
}

func (c *Client) readAll(q question, r *http.Response, clock *time.Timer) (answer, error) {
	body, err := io.ReadAll(io.LimitReader(&lively{r.Body, clock, c.opts.Patience}, mostAnswer+1))
	if err == nil && len(body) > mostAnswer {
		err = errors.New("the answer is too long")
	}
	if err == nil && r.StatusCode/100 == 3 {
		err = fmt.Errorf("it sends us to another address (HTTP status %d), is the portal's right?", r.StatusCode)
	}
	return answer{q.op, q.item, r.StatusCode, r.Header, body}, err
}

// lively restarts a clock with every read.
type lively struct {
	io.Reader
	clock    *time.Timer
	patience time.Duration
}

func (l *lively) Read(p []byte) (int, error) {
	l.clock.Reset(l.patience)
	return l.Reader.Read(p)
}

// request makes a GET with the parameters in its query, or a POST with them
// as a form. The token is in neither: it travels in a header.
func (c *Client) request(ctx context.Context, q question) (*http.Request, error) {
	params := url.Values{"f": {"json"}}
	for name, values := range q.params {
		params[name] = values
	}
	method, to, form := http.MethodGet, *q.to, ""
	if q.changes || q.params.Has("password") || q.params.Has("client_secret") {
		method, form = http.MethodPost, params.Encode()
	} else {
		to.RawQuery = params.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, to.String(), strings.NewReader(form))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", said(q.op, q.item), errors.New("its address can't be used"))
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("User-Agent", c.opts.Agent)
	return r, nil
}
