package arcgis

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// How long tokens are asked for, how long before their end they are renewed,
// how long one is used that does not tell its end (or an end in the past, for
// the two clocks may differ), and how long a refusal stands for everyone who
// waited: accounts lock after a few wrong passwords.
const (
	tokenMinutes  = 120
	renewBefore   = 5 * time.Minute
	untoldLife    = 30 * time.Minute
	refusalStands = time.Minute
)

// signIn tries the secret it knows, and the one it reads anew when that was
// refused and has changed since.
func (c *Client) signIn(ctx context.Context, stale *session) (*session, error) {
	if err := c.mayLogIn(ctx); err != nil {
		return nil, err
	}
	known := c.secret
	if known == nil {
		read, err := c.opts.Secret(ctx)
		if err != nil {
			return nil, err
		}
		known = &read
	}
	s, err := c.enter(ctx, *known, stale)
	if fault.Is(err, fault.LoginRefused) {
		read, unread := c.opts.Secret(ctx)
		if unread == nil && read != *known {
			if err := c.mayLogIn(ctx); err != nil {
				return nil, err
			}
			known = &read
			s, err = c.enter(ctx, read, stale)
		}
	}
	if err == nil {
		c.secret, c.refusal = known, nil
		return s, nil
	}
	if fault.Is(err, fault.LoginRefused) {
		c.secret, c.refusal = nil, &refusal{err, c.opts.Now().Add(refusalStands)}
		if c.opts.Refused != nil {
			c.opts.Refused(ctx, err)
		}
	}
	return nil, err
}

func (c *Client) mayLogIn(ctx context.Context) error {
	if c.opts.BeforeLogin == nil {
		return nil
	}
	return c.opts.BeforeLogin(ctx)
}

// enter signs in once with one secret.
func (c *Client) enter(ctx context.Context, secret Secret, stale *session) (*session, error) {
	s := &session{token: secret.token, referer: secret.referer, secret: secret}
	if s.referer == "" {
		s.referer = c.portal.origin()
	}
	if old := c.current.Load(); old != nil && old.wires.ca == secret.ca {
		s.wires = old.wires
	} else {
		s.wires = c.wires(secret.ca)
	}
	switch {
	case secret.token == "":
		return s, c.fetchToken(ctx, s)
	case stale != nil && stale.token == secret.token:
		return nil, fault.New(fault.LoginRefused, "sign in: the given token is not accepted any more")
	}
	return s, nil
}

// fetchToken asks for a token as a user (generateToken, bound to a referer)
// or as an application (OAuth's client credentials).
func (c *Client) fetchToken(ctx context.Context, s *session) error {
	q := question{op: "sign in", to: c.portal.rest("generateToken"), params: url.Values{
		"username": {s.secret.username}, "password": {s.secret.password},
		"client": {"referer"}, "referer": {s.referer}, "expiration": {strconv.Itoa(tokenMinutes)},
	}}
	if s.secret.clientID != "" {
		q.to, q.params = c.portal.rest("oauth2", "token"), url.Values{
			"client_id": {s.secret.clientID}, "client_secret": {s.secret.clientSecret},
			"grant_type": {"client_credentials"}, "expiration": {strconv.Itoa(tokenMinutes)},
		}
	}
	var got struct {
		Token       text
		Expires     number
		AccessToken text   `json:"access_token"`
		ExpiresIn   number `json:"expires_in"`
	}
	a, err := c.send(ctx, s, q, false)
	if err == nil {
		err = a.read(&got)
	}
	if err != nil {
		return refusedLogin(err)
	}
	s.token = string(got.Token + got.AccessToken)
	if s.token == "" || strings.ContainsFunc(s.token, notVisible) {
		return a.fail(fault.PortalUnavailable, trouble{message: "the answer holds no token"})
	}
	s.until = c.renewal(got.Expires, got.ExpiresIn)
	return nil
}

// renewal is the moment at which to renew a token: five minutes before its
// end, or after half of a life shorter than ten.
func (c *Client) renewal(expires, expiresIn number) time.Time {
	now := c.opts.Now().Round(0) // by the calendar: a Lambda's other clock stops between its calls
	life := time.Duration(expiresIn.n) * time.Second
	if end := expires.time(); !end.IsZero() {
		life = end.Sub(now)
	}
	if life <= 0 {
		life = untoldLife
	}
	return now.Add(max(life-renewBefore, life/2))
}

// refusedLogin finds out whether the portal said no to the credentials. Any
// refusal with a code below 500 is one, whatever its words: wrong password,
// locked account, SAML only.
func refusedLogin(err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Code == 0 || e.Code >= 500 {
		return err
	}
	if e.Code == http.StatusNotFound {
		e.kind = fault.BadSettings
		e.Message = `there is no ArcGIS portal at this address, look at "portal": ` + e.Message
		return err
	}
	e.kind = fault.LoginRefused
	return fmt.Errorf("the portal refused the sign-in: %w", err)
}
