package transfer_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/mapkeep/mapkeep/internal/store"
)

// wire stands between the client and the S3 server, where networks and busy
// servers do what they do.
type wire struct {
	next s3.HTTPClient
	do   func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error)
}

func (w wire) Do(r *http.Request) (*http.Response, error) {
	return w.do(r, func() (*http.Response, error) { return w.next.Do(r) })
}

// wired is the bucket behind a wire.
func (p place) wired(t *testing.T, do func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error)) *store.Store {
	t.Helper()
	return store.New(s3.New(p.client.Options(), func(o *s3.Options) { o.HTTPClient = wire{o.HTTPClient, do} }), p.Bucket())
}

func isPart(r *http.Request) bool {
	return r.Method == http.MethodPut && r.URL.Query().Has("partNumber")
}

func isSave(r *http.Request) bool {
	return r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, checkpoint)
}

// says is S3's answer of an error.
func says(r *http.Request, status int, code string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/xml"}},
		Body:   io.NopCloser(strings.NewReader("<Error><Code>" + code + "</Code><Message>in S3's words</Message></Error>")),
	}
}

// flipped changes one bit of a body on its way.
type flipped struct {
	io.ReadCloser
	at int
}

func (f *flipped) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	if f.at >= 0 && f.at < n {
		p[f.at] ^= 1
	}
	f.at -= n
	return n, err
}
