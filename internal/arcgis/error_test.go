package arcgis_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/fault"
)

func TestErrorsInAllForms(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int
		body   string
		kind   fault.Kind
		says   string
	}{
		{"gone", 200, `{"error":{"code":400,"messageCode":"CONT_0001","message":"Item does not exist or is inaccessible.","details":[]}}`, fault.ItemGone,
			"read item a1: Item does not exist or is inaccessible (400 CONT_0001)"},
		{"gone without its code", 200, `{"error":{"code":400,"message":"Item does not exist or is inaccessible."}}`, fault.ItemGone, ""},
		{"forbidden", 200, `{"error":{"code":403,"messageCode":"GWM_0003","message":"You do not have permissions.","details":null}}`, fault.NotPermitted, ""},
		{"forbidden, code in quotes", 200, `{"error":{"code":"403","message":"no"}}`, fault.NotPermitted, ""},
		{"forbidden by status", 403, `<html>`, fault.NotPermitted, "HTTP status 403 Forbidden (403)"},
		{"details are a string", 200, `{"error":{"code":500,"message":"A","details":"b c"}}`, fault.PortalUnavailable, "A: b c (500)"},
		{"only a message", 200, `{"error":{"message":"A"},"success":false}`, fault.PortalUnavailable, "read item a1: A"},
		{"only a message, and a status", 403, `{"error":{"message":"A"}}`, fault.NotPermitted, "A (403)"},
		{"billing", 200, `{"code":403,"message":"A","status":"failure"}`, fault.NotPermitted, "A (403)"},
		{"mark and control characters", 200, "\ufeff{\"error\":{\"code\":500,\"message\":\"A\n\x01b\"}}", fault.PortalUnavailable, "A b (500)"},
		{"unknown 400", 200, `{"error":{"code":400,"message":"Error updating file item"}}`, fault.PortalUnavailable, ""},
		{"web page", 200, `<!DOCTYPE html><title>Sign in</title>`, fault.PortalUnavailable, "a web page came instead"},
		{"empty", 200, ``, fault.PortalUnavailable, "the answer is empty"},
		{"cut", 200, `{"id":"a1","title":"x`, fault.PortalUnavailable, "cut short"},
		{"not JSON", 200, `maintenance`, fault.PortalUnavailable, "not JSON"},
		{"gateway", 502, `<html>Bad gateway</html>`, fault.PortalUnavailable, "502 Bad Gateway"},
		{"elsewhere", 302, ``, fault.PortalUnavailable, "another address"},
		{"signed address inside", 500, `{"error":{"code":500,"message":"see https://x.example/y?X-Amz-Signature=5ecret&z=1 now"}}`, fault.PortalUnavailable,
			"see https://x.example/y now (500)"},
		{"our token inside", 500, `{"error":{"code":500,"message":"t0ken-t0ken","details":["by t0ken-t0ken"]}}`, fault.PortalUnavailable, "redacted: by redacted"},
		{"endless", 500, `{"error":{"code":500,"message":"` + strings.Repeat("a", 9000) + `"}}`, fault.PortalUnavailable, "a…"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := serve(t, saying(test.status, test.body, "Location", "https://x.example/?sig=5ecret")).Item(t.Context(), "a1")
			wantKind(t, "Item()", err, test.kind)
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "5ecret") || strings.Contains(err.Error(), "t0ken") {
				t.Errorf("Item() = %v, want %q", err, test.says)
			}
		})
	}
}

func TestThrottled(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int
		body   string
		header []string
		want   time.Duration
	}{
		{"in details", 200, `{"error":{"code":429,"message":"Too many requests.","details":["API calls quota exceeded! Retry after 37 sec."]}}`, nil, 37 * time.Second},
		{"in the message", 200, `{"error":{"code":429,"message":"retry after 2 min"}}`, nil, 2 * time.Minute},
		{"details a string", 200, `{"error":{"code":429,"message":"no","details":"Retry after 5 sec."}}`, nil, 5 * time.Second},
		{"no number", 200, `{"error":{"code":429,"message":"no"}}`, nil, time.Minute},
		{"status and header", 429, ``, []string{"Retry-After", "12"}, 12 * time.Second},
		{"unavailable and header", 503, `<html>`, []string{"Retry-After", "12"}, 12 * time.Second},
		{"a date", 429, ``, []string{"Date", "Tue, 24 Nov 2026 10:00:00 GMT", "Retry-After", "Tue, 24 Nov 2026 10:01:30 GMT"}, 90 * time.Second},
		{"nonsense", 429, ``, []string{"Retry-After", "soon"}, time.Minute},
		{"now", 429, ``, []string{"Retry-After", "0"}, time.Second},
		{"never", 429, ``, []string{"Retry-After", "99999999999"}, time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := serve(t, saying(test.status, test.body, test.header...)).Item(t.Context(), "a1")
			var got *arcgis.Throttled
			if !errors.As(err, &got) || got.After != test.want {
				t.Errorf("Item() = %v, want a pause of %v", err, test.want)
			}
			wantKind(t, "Item()", err, fault.PortalUnavailable)
		})
	}
}

// A token that is refused although it is new is TokenRejected, after one try.
func TestTokenRejected(t *testing.T) {
	t.Parallel()
	var asked, signedIn atomic.Int64
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/generateToken") {
			signedIn.Add(1)
			saying(200, `{"token":"abc-abc"}`)(w, r)
			return
		}
		asked.Add(1)
		saying(200, `{"error":{"code":499,"messageCode":"GWM_0003","message":"Token Required"}}`)(w, r)
	}, func(o *arcgis.Options) { o.Secret = secret([]byte(`{"username":"mona","password":"hunter22"}`)) })
	_, _, err := c.Item(t.Context(), "a1")
	wantKind(t, "Item()", err, fault.TokenRejected)
	if asked.Load() != 2 || signedIn.Load() != 2 {
		t.Errorf("asked %d times, signed in %d times, want 2 and 2", asked.Load(), signedIn.Load())
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add(200, []byte(`{"error":{"code":400,"messageCode":"CONT_0001","message":"x","details":["Retry after 3 sec"]}}`))
	f.Add(404, []byte(`{"error":"x","error_description":7}`))
	f.Add(200, []byte(`{"status":"failure","code":"4e2"}`))
	f.Add(200, []byte("\ufeff{\"id\":\"a1\",\"size\":1e400,\"tags\":[null,{}],\"created\":\"\x01\"}"))
	var status atomic.Int64
	var body atomic.Pointer[[]byte]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(int(status.Load()))
		w.Write(*body.Load())
	}))
	f.Cleanup(server.Close)
	c, err := arcgis.New(arcgis.Options{Portal: server.URL, Secret: token})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s int, b []byte) {
		status.Store(int64(200 + uint(s)%400))
		body.Store(&b)
		item, raw, err := c.Item(t.Context(), "a1")
		if err == nil && (!strings.EqualFold(item.ID, "a1") || string(raw) != string(b)) {
			t.Errorf("Item() = %+v, %q of %q", item, raw, b)
		}
		if err != nil && fault.Of(err) == "" {
			t.Errorf("Item() = %v, without a kind, of %q", err, b)
		}
	})
}
