package arcgis

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// wires are the connections of a client. They differ in whom they may reach
// and in whether a connection is used twice, and share a secret's "ca".
type wires struct {
	ca     string
	portal *http.Client           // the portal and servers that may have its token
	once   *http.Client           // the same, a connection for each request
	links  map[reach]*http.Client // where the portal leads us
}

// wires makes the connections for a secret. A request that changes something
// must never be repeated unseen, as net/http does on connections that were used
// before, and gets a new one each time.
func (c *Client) wires(ca string) *wires {
	roots := rootsWith(ca)
	proxied := c.transport(anywhere, roots)
	proxied.Proxy = c.opts.Proxy
	once := proxied.Clone()
	once.DisableKeepAlives = true
	return &wires{ca, byHand(steady{proxied}), byHand(once), map[reach]*http.Client{
		notLocal:  byHand(steady{c.transport(notLocal, roots)}),
		publicNet: byHand(steady{c.transport(publicNet, roots)}),
	}}
}

// resets is how often a connection may break without an answer to one GET.
const resets = 2

// steady asks again when the connection breaks before an answer begins.
// net/http does so on a connection that was used before, and only there: which
// one a request gets is chance, and what comes of it must not be.
type steady struct{ http.RoundTripper }

func (s steady) RoundTrip(r *http.Request) (*http.Response, error) {
	for broken := 0; ; broken++ {
		response, err := s.RoundTripper.RoundTrip(r)
		if err == nil || broken == resets || r.Method != http.MethodGet || r.Context().Err() != nil || !reset(err) {
			return response, err
		}
	}
}

// reset reports whether the other side ended a connection that an answer was
// awaited on.
func reset(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.EOF) || errors.As(err, &op) && op.Op == "read"
}

// transport speaks HTTP/1.1 alone: a connection for each request in flight,
// so that one large file does not hold the others up.
func (c *Client) transport(r reach, roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		DialContext:         r.dialer(net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 15 * time.Second,
		MaxIdleConnsPerHost: pagesAtOnce,
		IdleConnTimeout:     30 * time.Second,
	}
}

// quiet is a choice of proxy whose errors don't show the proxy's address, for
// it may hold a password. Without one the environment's is taken.
func quiet(choose func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	if choose == nil {
		choose = http.ProxyFromEnvironment
	}
	return func(r *http.Request) (*url.URL, error) {
		proxy, err := choose(r)
		if err != nil {
			return nil, errors.New("the proxy's address can't be used")
		}
		return proxy, nil
	}
}

// byHand makes a client that follows no redirection: net/http would take our
// own headers along.
func byHand(t http.RoundTripper) *http.Client {
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}

// rootsWith are the system's authorities and the private one; nil means the
// system's.
func rootsWith(ca string) *x509.CertPool {
	if ca == "" {
		return nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	roots.AppendCertsFromPEM([]byte(ca))
	return roots
}

// errSilent ends a request whose answer stays away.
var errSilent = errors.New("no byte came for too long")

// broken words the failure of a connection. The URL that net/http puts into
// its errors may be signed, so only the host is said.
func broken(ctx context.Context, what string, u *url.URL, err error) error {
	if cause := context.Cause(ctx); cause != nil && cause != errSilent {
		return &failure{what, u.Host, cause}
	} else if cause == errSilent {
		return fault.As(fault.PortalUnavailable, &failure{what, u.Host, errSilent})
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if err = cmp.Or(untrusted(fault.LoginRefused, err), err); fault.Of(err) != "" {
		return &failure{what, u.Host, err}
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fault.As(fault.PortalUnavailable, &failure{what, u.Host, err})
}

// untrusted words a certificate that is not trusted; nil for other errors. No
// repetition mends it, so its kind is a final one.
func untrusted(kind fault.Kind, err error) error {
	var certificate *tls.CertificateVerificationError
	if fault.Of(err) != "" || !errors.As(err, &certificate) {
		return nil
	}
	return fault.New(kind, "its certificate is not trusted ("+tidy(certificate.Err.Error())+
		`); where a private authority signs, put its certificate into the secret as "ca"`)
}

// cut words the end of a body that should have gone on.
func cut(ctx context.Context, f *fetch, err error) error {
	return broken(ctx, f.what(), f.at, err)
}

type failure struct {
	what, host string
	cause      error
}

func (f *failure) Error() string { return f.what + ": " + f.host + ": " + tidy(f.cause.Error()) }
func (f *failure) Unwrap() error { return f.cause }
