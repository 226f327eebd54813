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

// strain answers some requests as S3 does when it is overloaded or says no.
type strain struct {
	mu    sync.Mutex
	rules []*refusal
	roles Roles
}

type refusal struct {
	method, in string
	status     int
	left       int
}

// Always is more often than anybody tries.
const Always = 1 << 30

// Refuses lets the bucket refuse the rooms' first so many requests of a
// method whose path has the text in it: status 503 is SlowDown, 403
// AccessDenied. The SDK asks three times by itself.
func (b *bucket) Refuses(method, in string, status, times int) {
	b.strain.mu.Lock()
	defer b.strain.mu.Unlock()
	b.strain.rules = append(b.strain.rules, &refusal{method, in, status, times})
}

// Accepts ends what Refuses began.
func (b *bucket) Accepts() {
	b.strain.mu.Lock()
	defer b.strain.mu.Unlock()
	b.strain.rules = nil
}

// wire stands between the SDK of one role and the server.
type wire struct {
	*strain
	role, directory string
	under           aws.HTTPClient
}

// Do sends a request on, or answers it.
func (w wire) Do(r *http.Request) (*http.Response, error) {
	for _, u := range uses(r) {
		Need{w.role, u.verb, general(u.key, w.directory), w.directory != ""}.noted(u.key)
	}
	roles, status := w.verdict(w.role, r)
	if status != 0 {
		if r.Body != nil {
			r.Body.Close() //nolint:errcheck // nothing of it is read
		}
		return refused(r, status), nil
	}
	answer, err := w.under.Do(r)
	if err == nil && roles != nil && answer.StatusCode == http.StatusNotFound {
		answer.Body.Close() //nolint:errcheck // nothing of it is read
		return refused(r, http.StatusForbidden), nil
	}
	return answer, err
}

// verdict is how a request is refused, 0 where it is not.
func (s *strain) verdict(role string, r *http.Request) (Roles, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.roles != nil && !s.roles.allow(role, r) {
		return s.roles, http.StatusForbidden
	}
	for _, rule := range s.rules {
		if rule.left > 0 && rule.method == r.Method && strings.Contains(r.URL.Path, rule.in) {
			rule.left--
			return s.roles, rule.status
		}
	}
	return s.roles, 0
}

func refused(r *http.Request, status int) *http.Response {
	code := map[int]string{503: "SlowDown", 403: "AccessDenied", 500: "InternalError"}[status]
	body := fmt.Sprintf(`<?xml version="1.0"?><Error><Code>%s</Code><Message>said by the test</Message></Error>`, code)
	if r.Method == http.MethodHead {
		body = ""
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/xml"}}, Body: io.NopCloser(bytes.NewReader([]byte(body))),
		ContentLength: int64(len(body)), Request: r,
	}
}
