package arcgis_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/fault"
)

// start runs a simulated portal and signs nobody in yet.
func start(t *testing.T, s *arcgistest.Scenario, opts ...arcgistest.Option) *arcgistest.Portal {
	t.Helper()
	p := arcgistest.Start(s, opts...)
	t.Cleanup(p.Close)
	t.Cleanup(func() {
		if v := p.Violations(); len(v) > 0 {
			t.Errorf("the portal saw what no client should do: %q", v)
		}
	})
	return p
}

// client is a client of a simulated portal, as its administrator unless the
// options say otherwise.
func client(t *testing.T, p *arcgistest.Portal, with ...func(*arcgis.Options)) *arcgis.Client {
	t.Helper()
	o := arcgis.Options{Portal: p.URL, Trusted: p.TrustedHosts(), Secret: secret(p.Secret())}
	for _, w := range with {
		w(&o)
	}
	return dial(t, o)
}

func dial(t *testing.T, o arcgis.Options) *arcgis.Client {
	t.Helper()
	c, err := arcgis.New(o)
	if err != nil {
		t.Fatalf("New(%q) = %v", o.Portal, err)
	}
	return c
}

func secret(raw []byte) func(context.Context) (arcgis.Secret, error) {
	return func(context.Context) (arcgis.Secret, error) { return arcgis.ParseSecret(raw) }
}

// token is a secret that needs no sign-in.
var token = secret([]byte(`{"token":"t0ken-t0ken"}`))

// serve runs a small portal of one's own; every path below
// /sharing/rest/ is answered by h.
func serve(t *testing.T, h http.HandlerFunc, with ...func(*arcgis.Options)) *arcgis.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	o := arcgis.Options{Portal: server.URL, Secret: token}
	for _, w := range with {
		w(&o)
	}
	return dial(t, o)
}

// saying is a portal that always answers the same.
func saying(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain;charset=utf-8")
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func wantKind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if got := fault.Of(err); got != want || err == nil {
		t.Errorf("%s: kind %q (%v), want %q", what, got, err, want)
	}
}

func TestPortalAddresses(t *testing.T) {
	t.Parallel()
	for _, tail := range []string{"", "/", "/sharing/rest", "/sharing/rest/", "/home", "/home/index.html?x=1#y"} {
		for _, adaptor := range []string{"", "/portal"} {
			var path atomic.Value
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				path.Store(r.URL.Path)
				fmt.Fprint(w, `{"id":"a1"}`)
			}))
			defer server.Close()
			c := dial(t, arcgis.Options{Portal: server.URL + adaptor + tail, Secret: token})
			if _, _, err := c.Item(t.Context(), "a1"); err != nil {
				t.Errorf("Item at %q: %v", adaptor+tail, err)
			}
			if got, want := path.Load(), adaptor+"/sharing/rest/content/items/a1"; got != want {
				t.Errorf("portal %q asks %v, want %v", adaptor+tail, got, want)
			}
		}
	}
}

func TestPortalAddressesRefused(t *testing.T) {
	t.Parallel()
	for _, o := range []arcgis.Options{
		{Portal: ""}, {Portal: "www.arcgis.com"}, {Portal: "ftp://a.example"}, {Portal: "http://maps.example"},
		{Portal: "https://me:pass-word@maps.example"}, {Portal: "https://"}, {Portal: "https://:443"},
		{Portal: "https://a.example", Trusted: []string{"https://b.example"}},
		{Portal: "https://a.example", Trusted: []string{""}},
		{Portal: "https://a.example", Trusted: []string{"b.example/path"}},
	} {
		_, err := arcgis.New(o)
		wantKind(t, fmt.Sprintf("New(%q, %q)", o.Portal, o.Trusted), err, fault.BadSettings)
		if err != nil && strings.Contains(err.Error(), "pass-word") {
			t.Errorf("New(%q) shows the password: %v", o.Portal, err)
		}
	}
}

func TestSelf(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name     string
		scenario *arcgistest.Scenario
		secret   func(*arcgistest.Portal) []byte
		want     arcgis.Self
	}{
		{"administrator", arcgistest.NewScenario(), (*arcgistest.Portal).Secret,
			arcgis.Self{Username: arcgistest.Admin, Role: "org_admin", RecycleBin: arcgis.BinOn}},
		{"token", arcgistest.NewScenario().NoRecycleBin(), (*arcgistest.Portal).SecretToken,
			arcgis.Self{Username: arcgistest.Admin, Role: "org_admin", RecycleBin: arcgis.BinUnknown}},
		{"application", arcgistest.NewScenario(), (*arcgistest.Portal).SecretApp,
			arcgis.Self{RecycleBin: arcgis.BinOn}},
		{"member", arcgistest.NewScenario().User("Rosa", "pw-of-rosa", "org_user"),
			func(p *arcgistest.Portal) []byte { return []byte(`{"username":"Rosa","password":"pw-of-rosa"}`) },
			arcgis.Self{Username: "Rosa", Role: "org_user", RecycleBin: arcgis.BinOn}},
		{"Enterprise", arcgistest.NewScenario().Enterprise(), (*arcgistest.Portal).Secret,
			arcgis.Self{Username: arcgistest.Admin, Role: "org_admin", RecycleBin: arcgis.BinOff, Enterprise: true}},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := start(t, test.scenario)
			c := client(t, p, func(o *arcgis.Options) { o.Secret = secret(test.secret(p)) })
			got, err := c.Self(t.Context())
			if err != nil {
				t.Fatalf("Self() = %v", err)
			}
			if got.Org == "" || got.Name == "" {
				t.Errorf("Self() = %+v, want an organization with a name", got)
			}
			if test.want.Username != "" && len(got.Privileges) == 0 {
				t.Errorf("Self() = %+v, want privileges", got)
			}
			got.Org, got.Name, got.FullName, got.Privileges = "", "", "", nil
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("Self() = %+v, want %+v", got, test.want)
			}
		})
	}
}

// A portal that ignores the token answers portals/self as it does to anybody.
func TestSelfIgnored(t *testing.T) {
	t.Parallel()
	const user = `{"id":"org1","user":{"username":"mona"}}`
	for _, test := range []struct{ name, secret, community, portal string }{
		{"anonymous", `{"token":"t0ken-t0ken"}`, `{"username":"mona"}`, `{"id":"org1","name":"ArcGIS"}`},
		{"no organization", `{"token":"t0ken-t0ken"}`, `{"username":"mona"}`, `{"user":{"username":"mona"}}`},
		{"two accounts", `{"token":"t0ken-t0ken"}`, `{"username":"lisa"}`, user},
		{"another user", `{"username":"lisa","password":"passw0rd"}`, `{"username":"mona"}`, user},
		{"application", `{"client_id":"idid","client_secret":"passw0rd"}`, `{"error":{"code":499,"message":"Token Required"}}`, `{"id":"org1"}`},
		{"user is null", `{"token":"t0ken-t0ken"}`, `{"error":{"code":400,"message":"no"}}`, `{"id":"org1","user":{}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasSuffix(r.URL.Path, "/community/self"):
					fmt.Fprint(w, test.community)
				case strings.HasSuffix(r.URL.Path, "/portals/self"):
					fmt.Fprint(w, test.portal)
				default:
					fmt.Fprint(w, `{"token":"abc","access_token":null}`)
				}
			}, func(o *arcgis.Options) { o.Secret = secret([]byte(test.secret)) })
			_, err := c.Self(t.Context())
			wantKind(t, "Self()", err, fault.LoginRefused)
		})
	}
}

func TestContextPassesThrough(t *testing.T) {
	t.Parallel()
	reached := make(chan bool)
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		reached <- true
		<-r.Context().Done()
	})
	ctx, stop := context.WithCancel(t.Context())
	go func() { <-reached; stop() }()
	_, _, err := c.Item(ctx, "a1")
	if !errors.Is(err, context.Canceled) || fault.Of(err) != "" {
		t.Errorf("Item() = %v of kind %q, want context.Canceled of none", err, fault.Of(err))
	}
}

func TestPatience(t *testing.T) {
	t.Parallel()
	patient := func(o *arcgis.Options) { o.Patience = 50 * time.Millisecond }
	c := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, patient)
	_, _, err := c.Item(t.Context(), "a1")
	wantKind(t, "Item() of a silent portal", err, fault.PortalUnavailable)
	_, err = c.Data("a1").Open(t.Context(), 0, "")
	wantKind(t, "Open() of a silent portal", err, fault.PortalUnavailable)
}
