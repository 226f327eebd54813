package arcgistest

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ask is one call of the sharing API or of a feature service.
type ask struct {
	*http.Request
	p        *Portal
	host     string
	endpoint string
	form     url.Values // query and body together
	who      caller
	now      time.Time
	id       string // the item that is spoken of
	source   string // what it was exported from
	fault    string
}

// caller is who asks: a user, an application, or nobody.
type caller struct {
	name  string // "" for nobody
	admin bool
	app   bool
	bad   bool // a token came, and it is not valid
}

// rule says what an endpoint asks of every call.
type rule int

const (
	open     rule = 1 << iota // a bad token is no matter
	posted                    // POST only
	signedIn                  // a valid token is needed
	noPage                    // JSON even without f=json
)

// endpoint wraps what answers a call: the same order of checks for all.
func (p *Portal) endpoint(host, name string, r rule, do func(*ask) reply) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		a := &ask{Request: req, p: p, host: host, endpoint: name, id: req.PathValue("id")}
		if err := req.ParseMultipartForm(1 << 20); err != nil && err != http.ErrNotMultipart {
			a.fault = "body cut"
		}
		a.form = req.Form
		p.mu.Lock()
		a.now = p.Clock.Now()
		out := p.answer(a, r, do)
		p.note(a, out)
		p.mu.Unlock()
		out.write(w, a, r&noPage != 0)
	})
}

// answer lets an endpoint answer, with the portal's bad day around it.
func (p *Portal) answer(a *ask, r rule, do func(*ask) reply) reply {
	p.watchCall(a)
	before, after := p.hiccup(a)
	if before != nil {
		return *before
	}
	out := p.decide(a, r, do)
	if after != nil {
		after(&out)
	}
	return out
}

func (p *Portal) decide(a *ask, r rule, do func(*ask) reply) reply {
	if r&posted != 0 && a.Method != http.MethodPost {
		p.breach("%s of %s by %s", a.endpoint, a.id, a.Method)
		return reply{fail: &failure{Code: 405, Message: "Method not allowed.", Details: []string{}}}
	}
	if a.now.Before(p.quiet) {
		return throttled(p.quiet.Sub(a.now), false)
	}
	if a.who = p.identify(a); a.who.bad && r&open == 0 {
		return reply{fail: a.invalidToken()}
	}
	if r&signedIn != 0 && a.who.name == "" {
		return reply{fail: tokenRequired}
	}
	if out, hit := p.slow(a, a.id); hit {
		return out
	}
	return do(a)
}

// invalidToken is the error for a token that is not valid, in the words of the
// host that is asked: services spell it otherwise, and Esri's Python package
// goes by the spelling.
func (a *ask) invalidToken() *failure {
	if a.host == "services" {
		return &failure{Code: 498, Message: "Invalid Token", Details: []string{}}
	}
	return invalidToken
}

// identify finds whose token came with a call: in the query, the body or one
// of two headers.
func (p *Portal) identify(a *ask) caller {
	token := tokenOf(a.Request)
	if token == "" {
		return caller{}
	}
	s := p.sessions[token]
	if s == nil || !s.good(a) {
		return caller{bad: true}
	}
	if !s.fixed {
		s.uses++
	}
	u, ok := p.users[s.user]
	if !ok {
		return caller{bad: true}
	}
	return caller{name: u.name, admin: u.role == "org_admin" && !s.app, app: s.app}
}

// tokenOf is the token of a request whose form has been read.
func tokenOf(r *http.Request) string {
	if t := r.Form.Get("token"); t != "" {
		return t
	}
	for _, h := range []string{"X-Esri-Authorization", "Authorization"} {
		if t, ok := strings.CutPrefix(r.Header.Get(h), "Bearer "); ok {
			return t
		}
	}
	return ""
}

// slow is the script of an item that is throttled.
func (p *Portal) slow(a *ask, id string) (reply, bool) {
	i := p.items[id]
	if i == nil {
		return reply{}, false
	}
	s := &i.root().script
	if s.throttleFor > 0 {
		until, ok := p.touched[i.root().ID]
		if !ok {
			until = a.now.Add(s.throttleFor)
			p.touched[i.root().ID] = until
		}
		if a.now.Before(until) {
			return throttled(until.Sub(a.now), s.throttleHTTP), true
		}
	}
	if s.throttles > 0 {
		s.throttles--
		return throttled(s.throttleWait, s.throttleHTTP), true
	}
	return reply{}, false
}

// mayRead says whether the caller sees an item.
func (c caller) mayRead(i *item) bool {
	switch {
	case c.admin || c.name != "" && c.name == i.owner || i.access == "public":
		return true
	case i.access == "org" || i.access == "shared":
		return c.name != ""
	}
	return false
}

// mayChange says whether the caller may work in a user's content.
func (c caller) mayChange(owner string) bool { return c.name != "" && (c.admin || c.name == owner) }

// same compares secrets.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
