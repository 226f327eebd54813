package arcgistest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// The way in of people and of Esri's Python package: a page to sign in, a
// code, and the code for a token. A program with a secret goes straight to
// oauth2/token.

// accessLife is how long the token of a person's sign-in is good.
const accessLife = 30 * time.Minute

// authorize is oauth2/authorize: a page whose script holds the state that the
// form sends along.
func (a *ask) authorize() reply {
	state := a.p.sign("state", a.form.Get("client_id"), a.form.Get("redirect_uri"), a.form.Get("state"))
	a.p.grants[state] = grantee{redirect: a.form.Get("redirect_uri"), state: a.form.Get("state")}
	return signInPage(state, "")
}

func signInPage(state, messages string) reply {
	return reply{page: fmt.Sprintf(`<!DOCTYPE html><html><head><title>Sign In</title><script>var oAuthInfo = {"oauth_state":"%s"%s};</script></head>`+
		`<body><form action="/sharing/oauth2/signin" method="post"></form></body></html>`, state, messages)}
}

// grantee is who a state or a code stands for.
type grantee struct{ user, redirect, state string }

// signin takes the form of the page and gives the code, on a page or by a
// redirect.
func (a *ask) signin() reply {
	state := a.form.Get("oauth_state")
	g, ok := a.p.grants[state]
	if !ok {
		return signInPage("", `,"messages":["Invalid oauth_state"]`)
	}
	name := a.form.Get("username")
	if why := a.p.refuse(name, a.form.Get("password"), a.now); why != "" {
		return signInPage(state, `,"messages":["`+why+`"]`)
	}
	delete(a.p.grants, state)
	a.p.made++
	code := a.p.sign("code", name, fmt.Sprint(a.p.made))
	a.p.grants[code] = grantee{user: name}
	if !strings.HasPrefix(g.redirect, "urn:") && g.redirect != "" {
		return reply{location: g.redirect + "?" + url.Values{"code": {code}, "state": {g.state}}.Encode()}
	}
	return reply{page: "<!DOCTYPE html><html><head><title>SUCCESS code=" + code + `</title><script>var oAuthInfo = {"persistence":false};</script></head><body></body></html>`}
}

// oauthToken is oauth2/token.
func (a *ask) oauthToken() reply {
	if a.URL.Query().Has("client_secret") {
		a.p.breach("a client secret in a URL's query")
	}
	switch a.form.Get("grant_type") {
	case "client_credentials":
		if a.form.Get("client_id") != appID {
			return oauthRefusal("invalid_client_id", "Invalid client_id")
		}
		if !same(a.form.Get("client_secret"), appSecret) {
			return oauthRefusal("invalid_client", "Invalid client_secret")
		}
		s := session{user: Admin, app: true, expires: a.now.Add(a.life("expiration", 120))}
		return reply{json: map[string]any{"access_token": a.p.grant(s), "expires_in": int(s.expires.Sub(a.now).Seconds())}}
	case "authorization_code":
		g, ok := a.p.grants[a.form.Get("code")]
		if !ok || g.user == "" {
			return oauthRefusal("invalid_request", "Invalid authorization code")
		}
		delete(a.p.grants, a.form.Get("code"))
		refresh := a.p.sign("refresh", a.form.Get("code"))
		a.p.grants[refresh] = grantee{user: g.user}
		out := a.access(g.user)
		out["refresh_token"], out["refresh_token_expires_in"] = refresh, int(a.p.rules.tokenLife.Seconds())
		return reply{json: out}
	case "refresh_token":
		g, ok := a.p.grants[a.form.Get("refresh_token")]
		if !ok || g.user == "" {
			return oauthRefusal("invalid_request", "Invalid refresh_token")
		}
		return reply{json: a.access(g.user)}
	}
	return oauthRefusal("unsupported_grant_type", "Unsupported grant_type")
}

// access is a person's token, as oauth2/token gives it.
func (a *ask) access(user string) map[string]any {
	life := min(accessLife, a.p.rules.tokenLife)
	return map[string]any{"access_token": a.p.grant(session{user: user, expires: a.now.Add(life)}), "expires_in": int(life.Seconds()), "username": user, "ssl": a.p.authority != nil}
}

func oauthRefusal(kind, why string) reply {
	return reply{json: map[string]any{"error": map[string]any{"code": 400, "error": kind, "error_description": why, "message": why, "details": []string{}}}}
}

// sign makes a name that can't be guessed from words.
func (p *Portal) sign(words ...string) string {
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte(strings.Join(words, "\x00"))) //nolint:errcheck // a hash takes every byte
	return hex.EncodeToString(mac.Sum(nil))
}
