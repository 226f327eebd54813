package arcgis_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/fault"
)

func TestSignsInOnceForMany(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	id := s.File("Rules.pdf", "PDF").ID
	p := start(t, s)
	c := client(t, p)
	together := func() {
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, _, err := c.Item(t.Context(), id); err != nil {
					t.Errorf("Item() = %v", err)
				}
			})
		}
		wg.Wait()
	}
	together()
	if n := p.Count(arcgistest.SignIn); n != 1 {
		t.Errorf("%d sign-ins at first, want 1", n)
	}
	p.ExpireTokens()
	together()
	if n := p.Count(arcgistest.SignIn); n != 2 {
		t.Errorf("%d sign-ins after the tokens expired, want 2", n)
	}
}

// Every call of the client must survive an expired token, the ones that change
// something too.
func TestExpiredTokenIsRenewed(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	layer, file := s.Layer("Trails").Tags("backup"), s.File("Rules.pdf", "PDF")
	p := start(t, s)
	c := client(t, p)
	self, err := c.Self(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var job arcgis.Job
	for _, call := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"Self", func(ctx context.Context) error { _, err := c.Self(ctx); return err }},
		{"Search", func(ctx context.Context) error {
			items, _, err := c.Search(ctx, arcgis.Query{Tag: "backup", Org: self.Org})
			if len(items) != 1 {
				err = fmt.Errorf("%d items: %w", len(items), err)
			}
			return err
		}},
		{"Data", func(ctx context.Context) error {
			b, err := c.Data(file.ID).Open(ctx, 0, "")
			if err == nil {
				b.Close()
			}
			return err
		}},
		{"Export", func(ctx context.Context) (err error) {
			job, err = c.Export(ctx, arcgis.ExportOrder{Item: layer.ID, Owner: arcgistest.Admin, Format: "File Geodatabase", Title: "x"})
			return err
		}},
		{"Edited", func(ctx context.Context) error {
			item, _, err := c.Item(ctx, layer.ID)
			p.ExpireTokens()
			if err == nil {
				_, known, e := c.Edited(ctx, item.URL)
				if err = e; !known {
					err = errors.New("not known")
				}
			}
			return err
		}},
		{"Delete", func(ctx context.Context) error { return c.Delete(ctx, job.Owner, "", job.Item) }},
	} {
		p.ExpireTokens()
		if err := call.do(t.Context()); err != nil {
			t.Errorf("%s with an expired token: %v", call.name, err)
		}
	}
	if n := p.Count(arcgistest.Export); n != 2 { // the first was refused for its token
		t.Errorf("%d exports asked, want 2", n)
	}
	if left := p.Exports(); len(left) != 0 {
		t.Errorf("exports left: %+v", left)
	}
}

func TestTokenIsRenewedBeforeItEnds(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	id := s.File("Rules.pdf", "PDF").ID
	p := start(t, s.TokenLife(20*time.Minute))
	var ahead atomic.Int64
	c := client(t, p, func(o *arcgis.Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	for _, step := range []struct {
		at      time.Duration
		signIns int
	}{{0, 1}, {14 * time.Minute, 1}, {16 * time.Minute, 2}} {
		ahead.Store(int64(step.at))
		if _, _, err := c.Item(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if n := p.Count(arcgistest.SignIn); n != step.signIns {
			t.Errorf("%v into a token of 20 minutes: %d sign-ins, want %d", step.at, n, step.signIns)
		}
	}
}

func TestWrongPasswordIsTriedOnce(t *testing.T) {
	t.Parallel()
	p := start(t, arcgistest.NewScenario())
	var read, told atomic.Int64
	wrong := []byte(`{"username":"mapkeeper","password":"wr0ng-password"}`)
	c := client(t, p, func(o *arcgis.Options) {
		o.Secret = func(context.Context) (arcgis.Secret, error) { read.Add(1); return arcgis.ParseSecret(wrong) }
		o.Refused = func(_ context.Context, err error) {
			told.Add(1)
			wantKind(t, "Refused is told", err, fault.LoginRefused)
		}
	})
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			_, err := c.Self(t.Context())
			wantKind(t, "Self() with a wrong password", err, fault.LoginRefused)
			if err != nil && (strings.Contains(err.Error(), "wr0ng") || !strings.Contains(err.Error(), "Invalid username or password")) {
				t.Errorf("Self() = %v", err)
			}
		})
	}
	wg.Wait()
	if n := p.Count(arcgistest.SignIn); n != 1 || read.Load() != 2 || told.Load() != 1 {
		t.Errorf("%d sign-ins, secret read %d times, Refused told %d times; want 1, 2, 1", n, read.Load(), told.Load())
	}
}

func TestChangedPasswordIsReadAnew(t *testing.T) {
	t.Parallel()
	p := start(t, arcgistest.NewScenario())
	var current atomic.Value
	current.Store(p.Secret())
	c := client(t, p, func(o *arcgis.Options) {
		o.Secret = func(context.Context) (arcgis.Secret, error) { return arcgis.ParseSecret(current.Load().([]byte)) }
		o.Refused = func(_ context.Context, err error) { t.Errorf("Refused is told %v", err) }
	})
	if _, err := c.Self(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.SetPassword(arcgistest.Admin, "an0ther")
	p.ExpireTokens()
	current.Store(p.Secret())
	if _, err := c.Self(t.Context()); err != nil {
		t.Errorf("Self() after the secret was rotated = %v", err)
	}
}

func TestBeforeLoginPrevents(t *testing.T) {
	t.Parallel()
	p := start(t, arcgistest.NewScenario())
	stop := fault.New(fault.LoginRefused, "the run has stopped")
	c := client(t, p, func(o *arcgis.Options) {
		o.BeforeLogin = func(context.Context) error { return stop }
		o.Refused = func(context.Context, error) { t.Error("Refused is told though nobody signed in") }
	})
	if _, err := c.Self(t.Context()); !errors.Is(err, stop) {
		t.Errorf("Self() = %v, want %v", err, stop)
	}
	if n := len(p.Requests()); n != 0 {
		t.Errorf("%d requests, want none", n)
	}
}

func TestGivenTokenExpires(t *testing.T) {
	t.Parallel()
	c := serve(t, saying(200, `{"error":{"code":498,"message":"Invalid token: t0ken-t0ken","details":[]}}`))
	_, _, err := c.Item(t.Context(), "a1")
	wantKind(t, "Item() with a dead token", err, fault.LoginRefused)
	if err == nil || !strings.Contains(err.Error(), "the given token is not accepted any more") {
		t.Errorf("Item() = %v", err)
	}
}

func TestSignInAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int
		body   string
		kind   fault.Kind
	}{
		{"refused", 200, `{"error":{"code":400,"message":"Unable to generate token.","details":["Invalid username or password."]}}`, fault.LoginRefused},
		{"details a string", 200, `{"error":{"code":400,"message":null,"details":"Invalid username or password."}}`, fault.LoginRefused},
		{"OAuth", 400, `{"error":"invalid_client","error_description":"client is unknown"}`, fault.LoginRefused},
		{"real 401", 401, `<html>Unauthorized</html>`, fault.LoginRefused},
		{"no portal there", 404, `<html>not found</html>`, fault.BadSettings},
		{"login page", 200, `<!DOCTYPE html><title>Sign in</title>`, fault.PortalUnavailable},
		{"empty", 200, ``, fault.PortalUnavailable},
		{"cut", 200, `{"token":"abc`, fault.PortalUnavailable},
		{"no token", 200, `{"expires":1}`, fault.PortalUnavailable},
		{"down", 503, `<html>`, fault.PortalUnavailable},
		{"billing", 200, `{"code":500,"message":"down","status":"failure"}`, fault.PortalUnavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, saying(test.status, test.body), func(o *arcgis.Options) {
				o.Secret = secret([]byte(`{"username":"mona","password":"hunter22"}`))
			})
			_, _, err := c.Item(t.Context(), "a1")
			wantKind(t, "Item()", err, test.kind)
		})
	}
}

// The token travels in a header, is bound to the secret's referer, and asked
// for in a form; nothing of it is ever in an address.
func TestHowTheTokenTravels(t *testing.T) {
	t.Parallel()
	var bad atomic.Int64
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.RequestURI, "passw0rd") || strings.Contains(r.RequestURI, "abc-abc") {
			bad.Add(1)
		}
		if strings.HasSuffix(r.URL.Path, "/generateToken") {
			if r.Method != http.MethodPost || r.FormValue("client") != "referer" || r.FormValue("referer") != "https://here.example" || r.FormValue("f") != "json" {
				t.Errorf("generateToken asked by %s with %v", r.Method, r.Form)
			}
			fmt.Fprintf(w, `{"token":"abc-abc","expires":"%d","ssl":true}`, time.Now().Add(time.Hour).UnixMilli())
			return
		}
		if got := r.Header.Get("X-Esri-Authorization"); got != "Bearer abc-abc" {
			t.Errorf("%s: X-Esri-Authorization %q", r.URL.Path, got)
		}
		if got := r.Header.Get("Referer"); got != "https://here.example" {
			t.Errorf("%s: Referer %q", r.URL.Path, got)
		}
		fmt.Fprint(w, `{"id":"a1"}`)
	}, func(o *arcgis.Options) {
		o.Secret = secret([]byte(`{"username":"mona","password":"passw0rd","referer":"https://here.example"}`))
	})
	if _, _, err := c.Item(t.Context(), "a1"); err != nil || bad.Load() != 0 {
		t.Errorf("Item() = %v, %d addresses held a secret", err, bad.Load())
	}
}

func TestPrivateAuthority(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	id := s.File("Rules.pdf", "PDF").ID
	p := start(t, s, arcgistest.TLS())
	c := client(t, p)
	if b, err := c.Data(id).Open(t.Context(), 0, ""); err != nil {
		t.Errorf("Open() with the authority in the secret = %v", err)
	} else {
		b.Close()
	}
	c = client(t, p, func(o *arcgis.Options) { o.Secret = secret([]byte(`{"username":"mona","password":"hunter22"}`)) })
	_, err := c.Self(t.Context())
	wantKind(t, "Self() without it", err, fault.LoginRefused)
	if err == nil || !strings.Contains(err.Error(), `"ca"`) {
		t.Errorf("Self() = %v, want a word about the secret's \"ca\"", err)
	}
}

// A token that ends between Self's two questions is ignored without an error;
// it was taken for a refusal and stopped the run.
func TestSelfWithATokenThatEndsBetweenTheQuestions(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().TokenUses(2)
	layer := s.Layer("Wells").Tags("backup")
	p := start(t, s)
	c := client(t, p)
	if _, _, err := c.Item(t.Context(), layer.ID); err != nil {
		t.Fatalf("Item: %v", err)
	}
	if got, err := c.Self(t.Context()); err != nil || got.Username != arcgistest.Admin {
		t.Errorf("Self with a token that ends in between = %+v, %v; want the account %s", got, err, arcgistest.Admin)
	}
}
