package arcgistest

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// appID and appSecret are those of the one registered application.
const (
	appID     = "mapkeepAppId0001"
	appSecret = "5d6f0c9be1f24f7ca2d5a4c07c1b9e3f"
)

// session is a token that was given out.
type session struct {
	user    string
	expires time.Time
	referer string // the token is good with this Referer only
	ip      string // or from this address only
	uses    int
	fixed   bool // a token made elsewhere: not touched by ExpireTokens
	app     bool
}

// good says whether the token may be used for a call.
func (s *session) good(a *ask) bool {
	switch {
	case !a.now.Before(s.expires):
		return false
	case a.p.rules.tokenUses > 0 && !s.fixed && s.uses >= a.p.rules.tokenUses:
		return false
	case s.referer != "" && !strings.HasPrefix(a.Referer(), s.referer):
		return false
	}
	return s.ip == "" || s.ip == address(a)
}

func address(a *ask) string {
	host, _, err := net.SplitHostPort(a.RemoteAddr)
	if err != nil {
		return a.RemoteAddr
	}
	return host
}

// grant makes a token for s.
func (p *Portal) grant(s session) string {
	p.made++
	token := "3NKHt6i2urmWtqOuugvr9" + p.sign("token", fmt.Sprint(p.made), s.user) + "."
	p.sessions[token] = &s
	return token
}

// lockout counts wrong passwords: ten in a row lock an account for a quarter
// of an hour.
type lockout struct {
	wrong int
	until time.Time
}

// generateToken is the way in by name and password; whoever has a token gets
// one for a server of the organization.
func (a *ask) generateToken() reply {
	if a.URL.Query().Has("password") {
		a.p.breach("a password in a URL's query")
	}
	if tokenOf(a.Request) != "" && a.form.Get("serverUrl") != "" {
		if a.who.name == "" {
			return reply{fail: invalidToken}
		}
		s := *a.p.sessions[tokenOf(a.Request)]
		return reply{json: map[string]any{"token": a.p.grant(s), "expires": s.expires.UnixMilli(), "ssl": true}}
	}
	name := a.form.Get("username")
	if why := a.p.refuse(name, a.form.Get("password"), a.now); why != "" {
		return reply{fail: &failure{Code: 400, Message: "Unable to generate token.", Details: []string{why}}}
	}
	s := session{user: name, expires: a.now.Add(a.life("expiration", 60))}
	switch client := a.form.Get("client"); client {
	case "requestip":
		s.ip = address(a)
	case "ip":
		s.ip = a.form.Get("ip")
	default:
		if s.referer = a.form.Get("referer"); s.referer == "" {
			return reply{fail: &failure{Code: 400, Message: "Unable to generate token.", Details: []string{"'referer' must be specified."}}}
		}
	}
	return reply{json: map[string]any{"token": a.p.grant(s), "expires": s.expires.UnixMilli(), "ssl": true}}
}

// refuse says why a name and password don't open the portal, "" when they do.
func (p *Portal) refuse(name, password string, now time.Time) string {
	const wrong = "Invalid username or password."
	u, ok := p.users[name]
	if !ok {
		return wrong
	}
	l := p.lockouts[name]
	if l == nil {
		l = &lockout{}
		p.lockouts[name] = l
	}
	if now.Before(l.until) {
		return "Too many invalid sign in attempts. Please try again later."
	}
	if !same(u.password, password) {
		if l.wrong++; l.wrong >= 10 {
			*l = lockout{until: now.Add(15 * time.Minute)}
		}
		return wrong
	}
	l.wrong = 0
	return ""
}

// life reads a wish in minutes and caps it, as the portal does without a word.
func (a *ask) life(field string, otherwise int) time.Duration {
	n, err := strconv.Atoi(a.form.Get(field))
	if err != nil || n <= 0 {
		n = otherwise
	}
	return min(time.Duration(n)*time.Minute, a.p.rules.tokenLife)
}
