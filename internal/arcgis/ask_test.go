package arcgis_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/fault"
)

// forgetful is a portal that drops a connection when a second request comes
// on it, as one does whose patience with idle connections is short.
func forgetful(t *testing.T, h http.HandlerFunc) *arcgis.Client {
	t.Helper()
	type key struct{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Context().Value(key{}).(*atomic.Int64).Add(1) > 1 {
			if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
				conn.Close()
			}
			return
		}
		h(w, r)
	}))
	server.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		return context.WithValue(ctx, key{}, new(atomic.Int64))
	}
	server.Start()
	t.Cleanup(server.Close)
	return dial(t, arcgis.Options{Portal: server.URL, Secret: token})
}

func TestDroppedConnection(t *testing.T) {
	t.Parallel()
	var orders atomic.Int64
	c := forgetful(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/export") {
			orders.Add(1)
			fmt.Fprint(w, `{"jobId":"j1","exportItemId":"e1"}`)
			return
		}
		fmt.Fprint(w, `{"id":"a1"}`)
	})
	for range 5 {
		if _, _, err := c.Item(t.Context(), "a1"); err != nil {
			t.Errorf("Item() on a connection that was dropped = %v", err)
		}
		if _, err := c.Export(t.Context(), arcgis.ExportOrder{Item: "a1", Owner: "mona"}); err != nil {
			t.Errorf("Export() = %v", err)
		}
	}
	if n := orders.Load(); n != 5 {
		t.Errorf("%d orders came for 5", n)
	}
}

// What comes of a connection that breaks without an answer does not hang on
// whether it was used before: a nervous portal left an item without its date of
// edits where the call had a connection of its own, and only there.
func TestAConnectionThatBreaksBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	for breaks, known := range map[int64]bool{0: true, 1: true, 2: true, 3: false} {
		var asked, orders atomic.Int64
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				orders.Add(1)
				panic(http.ErrAbortHandler)
			}
			if asked.Add(1) <= breaks {
				panic(http.ErrAbortHandler)
			}
			fmt.Fprint(w, `{"id":"a1"}`)
		})
		if _, _, err := c.Item(t.Context(), "a1"); (err == nil) != known || err != nil && !fault.Is(err, fault.PortalUnavailable) {
			t.Errorf("Item() after %d broken connections = %v", breaks, err)
		}
		if n := asked.Load(); n != min(breaks, 2)+1 {
			t.Errorf("with %d connections that break the item was asked for %d times", breaks, n)
		}
		if _, err := c.Export(t.Context(), arcgis.ExportOrder{Item: "a1", Owner: "mona"}); !errors.As(err, new(*arcgis.Unsure)) || orders.Load() != 1 {
			t.Errorf("Export() on a connection that breaks = %v, sent %d times, want once and Unsure", err, orders.Load())
		}
	}
}

func TestEnterprise(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().Enterprise()
	layer, file := s.Layer("Trails").Tags("backup"), s.File("Rules.pdf", "PDF").Bulk(50_000)
	p := start(t, s)
	c := client(t, p)
	b, err := c.Data(file.ID).Open(t.Context(), 0, "")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(b)
	b.Close()
	if err != nil || string(whole) != string(p.Content(file.ID).Bytes()) {
		t.Errorf("Open() gives %d bytes, %v", len(whole), err)
	}
	if b.Ranges {
		rest, err := c.Data(file.ID).Open(t.Context(), 49_000, b.ETag)
		if err != nil {
			t.Fatal(err)
		}
		tail, err := io.ReadAll(rest)
		rest.Close()
		if err != nil || string(tail) != string(whole[rest.From:]) {
			t.Errorf("Open(49000) gives %d bytes from %d, %v", len(tail), rest.From, err)
		}
	}
	job, err := c.Export(t.Context(), order(layer, "x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Delete(t.Context(), job.Owner, "", job.Item); err != nil || len(p.Exports()) != 0 {
		t.Errorf("Delete() = %v, left %+v", err, p.Exports())
	}
}

// Ids and names come from elsewhere; none may change where a request goes.
func TestNamesInAddresses(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{"..", ".", "a/b", "a?b=c", "a#b", "a%2Fb", "a b", "mona@example.com", "ö"} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			parts := strings.Split(strings.TrimPrefix(r.RequestURI, "/sharing/rest/content/users/"), "/")
			if len(parts) != 2 || !strings.HasPrefix(parts[1], "export") {
				t.Errorf("owner %q asks %s", odd, r.RequestURI)
			}
			fmt.Fprint(w, `{"jobId":"j1","exportItemId":"e1"}`)
		})
		if job, err := c.Export(t.Context(), arcgis.ExportOrder{Item: "a1", Owner: odd}); err != nil || job.Owner != odd {
			t.Errorf("Export() of %q = %+v, %v", odd, job, err)
		}
	}
}

// A portal that can't be reached, and one that asks for a detour, are errors
// that name the host and no more of the address.
func TestErrorsOfConnections(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*arcgis.Client{
		"refused": dial(t, arcgis.Options{Portal: "http://127.0.0.1:1/portal", Secret: token}),
		"cut":     serve(t, cutting("Content-Length: 100", `{"id":"a1"`)),
		"garbage": serve(t, func(w http.ResponseWriter, r *http.Request) {
			if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
				io.WriteString(conn, "220 smtp ready\r\n")
				conn.Close()
			}
		}),
	} {
		_, _, err := c.Item(t.Context(), "a1")
		wantKind(t, name, err, fault.PortalUnavailable)
		if err != nil && (!strings.HasPrefix(err.Error(), "read item a1: 127.0.0.1:") || strings.Contains(err.Error(), "f=json")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
