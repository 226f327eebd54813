package arcgis

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
)

// A session is one sign-in: a token, what it is bound to, and the connections
// it travels on.
type session struct {
	token   string
	referer string
	until   time.Time // zero: for as long as the portal takes it
	secret  Secret
	wires   *wires
}

// sign puts the token into a request, and the Referer that it is bound to.
func (s *session) sign(r *http.Request) {
	r.Header.Set("X-Esri-Authorization", "Bearer "+s.token)
	r.Header.Set("Referer", s.referer)
}

// scrub takes what is secret out of an error that the portal worded.
func (s *session) scrub(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	for _, secret := range append(s.secret.values(), s.token) {
		if len(secret) < 4 {
			continue
		}
		e.Message = strings.ReplaceAll(e.Message, secret, redacted)
		for i := range e.Details {
			e.Details[i] = strings.ReplaceAll(e.Details[i], secret, redacted)
		}
	}
	return err
}

type refusal struct {
	err   error
	until time.Time
}

// session gives the current session, or signs in when there is none, when it
// is about to end, or when it is stale: the one that the portal rejected. Of
// many that ask at once one signs in and the others get its session.
func (c *Client) session(ctx context.Context, stale *session) (*session, error) {
	if s := c.current.Load(); c.usable(s, stale) {
		return s, nil
	}
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if s := c.current.Load(); c.usable(s, stale) {
		return s, nil
	}
	if c.refusal != nil && c.opts.Now().Before(c.refusal.until) {
		return nil, c.refusal.err
	}
	s, err := c.signIn(ctx, stale)
	if err == nil {
		c.current.Store(s)
	}
	return s, err
}

func (c *Client) usable(s, stale *session) bool {
	return s != nil && s != stale && (s.until.IsZero() || c.opts.Now().Before(s.until))
}
