package arcgis_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/fault"
)

// bare is a host of files that notes credentials it should not have got.
func bare(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"X-Esri-Authorization", "Authorization", "Referer", "Cookie"} {
			if v := r.Header.Get(name); v != "" {
				t.Errorf("the file host was sent %s: %s", name, v)
			}
		}
		fmt.Fprint(w, "%PDF")
	}))
	t.Cleanup(server.Close)
	return server
}

// leading is a portal whose /data leads to an address.
func leading(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}

func TestWhereAPrivatePortalMayLead(t *testing.T) {
	t.Parallel()
	files := bare(t)
	port := files.URL[strings.LastIndex(files.URL, ":"):]
	for _, test := range []struct {
		to      string
		trusted []string
		want    fault.Kind
	}{
		{files.URL + "/x?sig=5ecret", nil, ""},
		{"http://localhost" + port + "/x", nil, fault.NotPermitted},
		{"http://localhost" + port + "/x", []string{"localhost" + port}, ""},
		{"http://localhost" + port + "/x", []string{"localhost"}, fault.NotPermitted},
		{"http://LOCALHOST" + port + "/x", []string{"LocalHost" + port}, ""},
		{"https://www.example.com/x", nil, fault.NotPermitted},
		{"http://169.254.169.254/latest/meta-data", []string{"169.254.169.254"}, fault.NotPermitted},
		{"http://[fe80::1]/x", []string{"[fe80::1]"}, fault.NotPermitted},
		{"http://[::ffff:169.254.169.254]/x", []string{"[::ffff:169.254.169.254]"}, fault.NotPermitted},
		{"http://me:5ecret@127.0.0.1" + port, nil, fault.NotPermitted},
		{"ftp://127.0.0.1" + port, nil, fault.NotPermitted},
		{"file:///etc/passwd", nil, fault.NotPermitted},
		{"http://%zz?sig=5ecret", nil, fault.PortalUnavailable},
		{"", nil, fault.PortalUnavailable},
	} {
		c := serve(t, leading(test.to), func(o *arcgis.Options) { o.Trusted = test.trusted })
		b, err := c.Data("a1").Open(t.Context(), 0, "")
		if got := fault.Of(err); got != test.want {
			t.Errorf("led to %s, trusting %q: %v of kind %q, want %q", test.to, test.trusted, err, got, test.want)
		}
		if err == nil {
			io.Copy(io.Discard, b)
			b.Close()
		} else if strings.Contains(err.Error(), "5ecret") {
			t.Errorf("led to %s: the error shows it: %v", test.to, err)
		}
	}
}

func TestRedirectionsAreCounted(t *testing.T) {
	t.Parallel()
	for hops, want := range map[int]fault.Kind{5: "", 6: fault.PortalUnavailable} {
		var n atomic.Int64
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if int(n.Add(1)) <= hops {
				leading(fmt.Sprintf("/%d?sig=5ecret", n.Load()))(w, r)
			}
		})
		_, err := c.Data("a1").Open(t.Context(), 0, "")
		if got := fault.Of(err); got != want {
			t.Errorf("%d redirections: %v, want kind %q", hops, err, want)
		}
	}
}

// A store of files is asked by If-Match, and the portal by If-Range.
func TestPreconditionAtTheStore(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/data") {
			leading("/store")(w, r)
			return
		}
		if r.Header.Get("If-Match") != `"X"` || r.Header.Get("If-Range") != "" {
			t.Errorf("the store is asked with %v", r.Header)
		}
		w.WriteHeader(http.StatusPreconditionFailed)
	})
	_, err := c.Data("a1").Open(t.Context(), 5, `"X"`)
	wantKind(t, "Open(5)", err, fault.ChangedWhileRead)
}

// A public portal can't stand on a loopback address, so these tests put it at
// addresses that are kept for documentation, behind a proxy of their own.
const publicPortal, publicFiles = "203.0.113.5", "203.0.113.6"

// world is a proxy behind which every host is one TLS server.
type world struct {
	proxy *url.URL
	ca    []byte
	mu    sync.Mutex
	went  []string // where the proxy was asked to go
}

func newWorld(t *testing.T, h http.Handler) *world {
	t.Helper()
	cert, ca := certificate(t, publicPortal, publicFiles)
	server := httptest.NewUnstartedServer(h)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	server.StartTLS()
	t.Cleanup(server.Close)
	w := &world{ca: ca}
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.went = append(w.went, r.Host)
		w.mu.Unlock()
		w.tunnel(rw, server.Listener.Addr().String())
	}))
	t.Cleanup(proxy.Close)
	w.proxy, _ = url.Parse(proxy.URL)
	return w
}

func (w *world) tunnel(rw http.ResponseWriter, to string) {
	there, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	here, _, err := rw.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { io.Copy(there, here); there.Close() }()
	io.Copy(here, there)
	here.Close()
}

// client goes through the proxy to the hosts given, and straight to others.
func (w *world) client(t *testing.T, hosts ...string) *arcgis.Client {
	ca, err := json.Marshal(string(w.ca))
	if err != nil {
		t.Fatal(err)
	}
	return dial(t, arcgis.Options{
		Portal: "https://" + publicPortal,
		Secret: secret([]byte(`{"token":"t0ken-t0ken","ca":` + string(ca) + `}`)),
		Proxy: func(r *http.Request) (*url.URL, error) {
			for _, h := range hosts {
				if r.URL.Hostname() == h {
					return w.proxy, nil
				}
			}
			return nil, nil
		},
	})
}

func TestWhereAPublicPortalMayLead(t *testing.T) {
	t.Parallel()
	var to atomic.Value
	w := newWorld(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == publicPortal {
			leading(to.Load().(string))(w, r)
			return
		}
		if r.Header.Get("X-Esri-Authorization") != "" || r.Header.Get("Referer") != "" {
			t.Errorf("%s was sent our credentials", r.Host)
		}
		fmt.Fprint(w, "%PDF")
	}))
	inside := bare(t)
	port := inside.URL[strings.LastIndex(inside.URL, ":"):]
	straight := w.client(t, publicPortal)
	proxied := w.client(t, publicPortal, publicFiles, "127.0.0.1", "localhost", "10.1.2.3", "169.254.169.254", "::1", "64:ff9b::a01:203")

	to.Store("https://" + publicFiles + "/x")
	if b, err := proxied.Data("a1").Open(t.Context(), 0, ""); err != nil {
		t.Errorf("led to another public address: %v", err)
	} else {
		b.Close()
	}
	for _, bad := range []string{"https://127.0.0.1" + port, "https://localhost" + port, "https://10.1.2.3/x", "https://169.254.169.254/x",
		"https://[::1]" + port, "https://[64:ff9b::a01:203]/x", "http://" + publicFiles + "/x"} {
		to.Store(bad)
		for name, c := range map[string]*arcgis.Client{"straight": straight, "by proxy": proxied} {
			_, err := c.Data("a1").Open(t.Context(), 0, "")
			wantKind(t, "led "+name+" to "+bad, err, fault.NotPermitted)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, host := range w.went {
		if host != publicPortal+":443" && host != publicFiles+":443" {
			t.Errorf("the proxy was sent to %s", host)
		}
	}
}

// certificate makes one for addresses, signed by itself.
func certificate(t *testing.T, ips ...string) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	draft := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	for _, ip := range ips {
		draft.IPAddresses = append(draft.IPAddresses, net.ParseIP(ip))
	}
	der, err := x509.CreateCertificate(rand.Reader, draft, draft, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
