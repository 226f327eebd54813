package arcgistest_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// morning is when tests with a clock of their own begin.
var morning = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

func TestSignIn(t *testing.T) {
	t.Parallel()
	p := arcgistest.Start(arcgistest.NewScenario())
	t.Cleanup(p.Close)
	for _, tc := range []struct {
		name string
		call []string
		code int
		text string
	}{
		{"wrong password", []string{"username", p.Username, "password", "no", "client", "referer", "referer", "x"}, 400, "Invalid username or password"},
		{"nobody", []string{"username", "nobody", "password", "no", "client", "referer", "referer", "x"}, 400, "Invalid username or password"},
		{"no referer", []string{"username", p.Username, "password", p.Password, "client", "referer"}, 400, "referer"},
		{"well", []string{"username", p.Username, "password", p.Password, "client", "referer", "referer", "x"}, 0, `"token"`},
	} {
		got := newClient(t, p).post("/generateToken", tc.call...)
		if got.code() != tc.code || got.status != 200 || !strings.Contains(got.body, tc.text) {
			t.Errorf("%s: got %d %s, want code %d and %q in HTTP 200", tc.name, got.status, got.body, tc.code, tc.text)
		}
	}
	if got := newClient(t, p).get("/generateToken").code(); got != 405 {
		t.Errorf("GET generateToken: got code %d, want 405", got)
	}
}

func TestTokenIsBoundAndEnds(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().TokenLife(time.Hour)
	s.Layer("Trail Map").Tags("backup")
	p, c := start(t, s, arcgistest.WithClock(arcgistest.At(morning)))
	c.must(c.get("/community/self"))
	if got := c.read(c.do(http.MethodGet, "/community/self", fields(nil), "Referer", "https://elsewhere.example")).code(); got != 498 {
		t.Errorf("with another Referer: got code %d, want 498", got)
	}
	bearer := c.token
	c.token = ""
	if got := c.get("/community/self").code(); got != 499 {
		t.Errorf("without a token: got code %d, want 499", got)
	}
	for _, header := range []string{"Authorization", "X-Esri-Authorization"} {
		c.must(c.read(c.do(http.MethodGet, "/community/self", fields(nil), header, "Bearer "+bearer, "Referer", p.Referer)))
	}
	c.must(c.read(c.do(http.MethodPost, "/community/self", fields([]string{"token", bearer}), "Referer", p.Referer)))
	c.token = bearer
	p.Advance(time.Hour)
	if got := c.get("/search", "q", "backup").code(); got != 498 {
		t.Errorf("after its life: got code %d, want 498", got)
	}
	if got := c.must(c.get("/portals/self"))["user"]; got != nil {
		t.Errorf("portals/self with a bad token: got user %v, want none and no error", got)
	}
}

func TestAccountLocksAfterTenWrongPasswords(t *testing.T) {
	t.Parallel()
	p := arcgistest.Start(arcgistest.NewScenario(), arcgistest.WithClock(arcgistest.At(morning)))
	t.Cleanup(p.Close)
	c := newClient(t, p)
	for range 10 {
		c.post("/generateToken", "username", p.Username, "password", "wrong", "referer", "x")
	}
	if got := c.post("/generateToken", "username", p.Username, "password", p.Password, "referer", "x").code(); got != 400 {
		t.Errorf("right password after ten wrong ones: got code %d, want 400", got)
	}
	p.Advance(15 * time.Minute)
	c.must(c.post("/generateToken", "username", p.Username, "password", p.Password, "referer", "x"))
}

func TestApplicationReachesItsOwnersItems(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().User("rosa", "r", "org_publisher")
	mine := s.Layer("Mine").Tags("backup")
	hers := s.Layer("Hers").Tags("backup").Owner("rosa")
	p, c := start(t, s)
	var secret map[string]string
	if err := json.Unmarshal(p.SecretApp(), &secret); err != nil {
		t.Fatal(err)
	}
	got := c.must(c.post("/oauth2/token", "client_id", secret["client_id"], "client_secret", secret["client_secret"], "grant_type", "client_credentials"))
	c.token = got["access_token"].(string)
	if self := c.must(c.get("/portals/self")); self["user"] != nil || self["appInfo"] == nil {
		t.Errorf("portals/self of an application: got user %v and appInfo %v, want only appInfo", self["user"], self["appInfo"])
	}
	c.must(c.get("/content/items/" + mine.ID))
	if got := c.get("/content/items/" + hers.ID).code(); got != 403 {
		t.Errorf("another's item: got code %d, want 403", got)
	}
	wrong := c.post("/oauth2/token", "client_id", secret["client_id"], "client_secret", "no", "grant_type", "client_credentials")
	if wrong.code() != 400 || !strings.Contains(wrong.body, "error_description") {
		t.Errorf("wrong client secret: got %s, want code 400 with error_description", wrong.body)
	}
}

func TestTokenMadeElsewhereOutlivesTheOthers(t *testing.T) {
	t.Parallel()
	p, c := start(t, arcgistest.NewScenario())
	var secret map[string]string
	if err := json.Unmarshal(p.SecretToken(), &secret); err != nil {
		t.Fatal(err)
	}
	p.ExpireTokens()
	if got := c.get("/community/self").code(); got != 498 {
		t.Errorf("a token from generateToken after ExpireTokens: got code %d, want 498", got)
	}
	c.token = secret["token"]
	c.must(c.get("/community/self"))
}

func TestTLSByTheAuthorityInTheSecret(t *testing.T) {
	t.Parallel()
	p := arcgistest.Start(arcgistest.NewScenario(), arcgistest.TLS())
	t.Cleanup(p.Close)
	var secret map[string]string
	if err := json.Unmarshal(p.Secret(), &secret); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(secret["ca"])) {
		t.Fatalf("secret: got ca %q, want PEM", secret["ca"])
	}
	c := newClient(t, p)
	if got := c.post("/generateToken"); got.status != -1 {
		t.Errorf("without the authority: got %d, want no connection", got.status)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	c.http.Transport = transport
	c.signIn(p.Secret())
}

func TestOnlyLoopbackIsListenedOn(t *testing.T) {
	t.Parallel()
	for addr, ok := range map[string]bool{"127.0.0.1:0": true, "localhost:0": true, "0.0.0.0:0": false, ":0": false, "nonsense": false} {
		p, err := arcgistest.Open(arcgistest.NewScenario(), arcgistest.Listen(addr))
		if (err == nil) != ok {
			t.Errorf("Open at %s: got %v, want success %v", addr, err, ok)
		}
		if err == nil {
			p.Close()
		}
	}
}

func TestSignInByThePage(t *testing.T) {
	t.Parallel()
	p, c := start(t, arcgistest.NewScenario().TokenLife(time.Hour), arcgistest.WithClock(arcgistest.At(morning)))
	c.token = ""
	between := func(text, from, to string) string {
		_, rest, _ := strings.Cut(text, from)
		out, _, _ := strings.Cut(rest, to)
		return out
	}
	signIn := func(password string) string {
		page := c.get("/oauth2/authorize", "client_id", "pythonapi", "response_type", "code", "redirect_uri", "urn:ietf:wg:oauth:2.0:oob").body
		form := fields([]string{"oauth_state", between(page, `"oauth_state":"`, `"`), "username", p.Username, "password", password})
		return c.read(c.do(http.MethodPost, p.URL+"/sharing/oauth2/signin", form)).body
	}
	if got := signIn("wrong"); !strings.Contains(got, "Invalid username or password") {
		t.Errorf("a wrong password: got %s, want it said", got)
	}
	code := between(signIn(p.Password), "<title>SUCCESS code=", "</title>")
	got := c.must(c.post("/oauth2/token/", "grant_type", "authorization_code", "client_id", "pythonapi", "code", code))
	if got["username"] != p.Username || got["expires_in"] != 1800.0 {
		t.Errorf("the token: got %v for %v seconds, want %s for 1800", got["username"], got["expires_in"], p.Username)
	}
	if again := c.post("/oauth2/token", "grant_type", "authorization_code", "client_id", "pythonapi", "code", code); again.code() != 400 {
		t.Errorf("the code a second time: got %s, want code 400", again.body)
	}
	p.Advance(30 * time.Minute)
	c.token = got["access_token"].(string)
	if got := c.get("/community/self").code(); got != 498 {
		t.Errorf("after half an hour: got code %d, want 498", got)
	}
	c.token = ""
	c.token = c.must(c.post("/oauth2/token", "grant_type", "refresh_token", "client_id", "pythonapi", "refresh_token", got["refresh_token"].(string)))["access_token"].(string)
	c.must(c.get("/community/self"))
	server := c.must(c.post("/generateToken", "token", c.token, "serverUrl", p.ServicesURL, "referer", "x"))
	if server["token"] == nil {
		t.Errorf("a token for a server: got %v, want one", server)
	}
}

func TestPagesWithoutF(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	trail := s.Layer("Trail <Map>")
	_, c := start(t, s)
	res := c.do(http.MethodGet, "/content/items/"+trail.ID, nil)
	got := c.read(res)
	if kind := res.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/html") || !strings.Contains(got.body, "Trail &lt;Map&gt;") {
		t.Errorf("an item without f: got %s %.80s, want a page", kind, got.body)
	}
}
