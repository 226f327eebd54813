package machinetest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// strain stands between the SDK and the server and answers some requests as
// S3 does when it is overloaded or says no.
type strain struct {
	under aws.HTTPClient

	mu    sync.Mutex
	rules []*refusal
}

type refusal struct {
	method, in string
	status     int
	code       string
	left       int
}

// Always is more often than anybody tries.
const Always = 1 << 30

// Refuses lets the bucket refuse the first so many requests of a method whose
// key has the text in it: status 503 is SlowDown, 403 AccessDenied. The SDK
// asks three times by itself.
func (b *bucket) Refuses(method, in string, status, times int) {
	code := map[int]string{503: "SlowDown", 403: "AccessDenied", 500: "InternalError"}[status]
	b.strain.mu.Lock()
	defer b.strain.mu.Unlock()
	b.strain.rules = append(b.strain.rules, &refusal{method, in, status, code, times})
}

// Accepts ends what Refuses began.
func (b *bucket) Accepts() {
	b.strain.mu.Lock()
	defer b.strain.mu.Unlock()
	b.strain.rules = nil
}

// Do sends a request on, or answers it.
func (s *strain) Do(r *http.Request) (*http.Response, error) {
	rule := s.rule(r)
	if rule == nil {
		return s.under.Do(r)
	}
	if r.Body != nil {
		r.Body.Close() //nolint:errcheck // nothing of it is read
	}
	body := fmt.Sprintf(`<?xml version="1.0"?><Error><Code>%s</Code><Message>said by the test</Message></Error>`, rule.code)
	return &http.Response{
		StatusCode: rule.status, Status: http.StatusText(rule.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/xml"}}, Body: io.NopCloser(bytes.NewReader([]byte(body))),
		ContentLength: int64(len(body)), Request: r,
	}, nil
}

func (s *strain) rule(r *http.Request) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, rule := range s.rules {
		if rule.left > 0 && rule.method == r.Method && strings.Contains(r.URL.Path, rule.in) {
			rule.left--
			return rule
		}
	}
	return nil
}
