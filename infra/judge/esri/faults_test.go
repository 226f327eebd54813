//go:build judges || arcgis

package esri_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/judge"
)

// A fault is one thing that a simulated portal could do wrong.
type fault struct {
	name  string // in words
	path  string // the end of the paths that it touches
	harm  func(res *http.Response, body []byte) []byte
	group string // the group of cases that is gone through
	found string // the case that has to find it
	quiet bool   // to the Python package: it goes by fixed windows, by other ways in, and signs in once
}

// swapped replaces what matches in the answer.
func swapped(pattern, by string) func(*http.Response, []byte) []byte {
	re := regexp.MustCompile(pattern)
	return func(_ *http.Response, body []byte) []byte { return re.ReplaceAll(body, []byte(by)) }
}

var faults = []fault{
	{"the second page of a search begins with the end of the first", "/search", swapped(`"nextStart":101\b`, `"nextStart":100`), "search", "search by pages", true},
	{"a search hides a result", "/search", swapped(`"title":"Road Network"`, `"title":"Road Net"`), "search", "search by tag", false},
	{"times in seconds", "/generateToken", swapped(`("expires":\d+)\d{3}\b`, `$1`), "signIn", "token's hours", true},
	{"an ended token is called forbidden", "", swapped(`"code":498`, `"code":403`), "signIn", "token ended", true},
	{"an item's size is one too small", "", swapped(`"size":67140`, `"size":67139`), "items", "item", false},
	{"errors come as HTTP 404 without JSON", "/content/items/0123456789abcdef0123456789abcdef", func(res *http.Response, _ []byte) []byte {
		res.StatusCode = http.StatusNotFound
		return []byte("not found")
	}, "items", "item, not there", false},
	{"an export's job has no id", "/export", swapped(`"jobId"`, `"jobID"`), "exports", "export trail as File Geodatabase", false},
	{"an export never ends", "/status", swapped(`"status":"completed"`, `"status":"processing"`), "exports", "export trail as File Geodatabase", false},
	{"a failed export says that it is completed", "/status", swapped(`"status":"failed"`, `"status":"completed"`), "exports", "export fails", false},
	{"a delete answers that it failed", "/delete", swapped(`"success":true`, `"success":false`), "exports", "delete", false},
	{"a file is cut in the middle", "/data", func(_ *http.Response, body []byte) []byte { return body[:len(body)/2] }, "data", "file", false},
}

// bites has a client meet every fault, each in a town of its own, and first a
// town behind the same proxy without any.
func bites(t *testing.T, j *judge.Judge, faults []fault, want func(*town) verdicts, client func(w *town, portal string, ca []byte, group string) program) {
	t.Helper()
	meet := func(t *testing.T, f fault, group string) map[string]string {
		w := open(t)
		portal, ca := w.behind(t, f)
		got := w.run(t, client(w, portal, ca, group))
		if len(got) < 5 {
			t.Errorf("%s: the client has only %d cases", group, len(got))
		}
		return want(w).about(got).objections(t, got)
	}
	for _, group := range []string{"signIn", "search", "items", "data", "exports"} {
		t.Run("no fault in "+group, func(t *testing.T) {
			t.Parallel()
			if got := meet(t, fault{}, group); len(got) > 0 {
				t.Errorf("%s through the proxy without a fault: got objections %v, want none", group, got)
			}
		})
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			j.Bites(f.name, meet(t, f, f.group)[f.found] != "")
		})
	}
}

// behind is a proxy before the town that makes one fault: its address and the
// certificates of both.
func (w *town) behind(t *testing.T, f fault) (portal string, ca []byte) {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(w.CA())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	to, err := url.Parse(w.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ModifyResponse: func(res *http.Response) error {
			if f.harm == nil || !strings.HasSuffix(res.Request.URL.Path, f.path) {
				return nil
			}
			return spoil(transport, res, f.harm)
		}}
	server := httptest.NewTLSServer(proxy)
	t.Cleanup(server.Close)
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return server.URL, append(own, w.CA()...)
}

// spoil changes the body of an answer; of a redirect it is the body of the
// file that the redirect leads to.
func spoil(transport http.RoundTripper, res *http.Response, harm func(*http.Response, []byte) []byte) error {
	if to := res.Header.Get("Location"); to != "" && strings.HasSuffix(res.Request.URL.Path, "/data") {
		req, err := http.NewRequestWithContext(res.Request.Context(), http.MethodGet, to, nil)
		if err != nil {
			return err
		}
		file, err := transport.RoundTrip(req)
		if err != nil {
			return err
		}
		res.Body.Close()
		res.StatusCode, res.Header, res.Body = file.StatusCode, file.Header, file.Body
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil {
		return err
	}
	body = harm(res, body)
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	res.Header.Set("Content-Length", fmt.Sprint(len(body)))
	return nil
}
