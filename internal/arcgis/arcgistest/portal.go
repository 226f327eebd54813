package arcgistest

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Portal is a running simulated portal. Its methods may be called while it
// serves.
type Portal struct {
	// URL is the portal's address, as a setting takes it: /sharing/rest lies
	// below. FilesURL is the file host, ServicesURL the host of the feature
	// services, StrangerURL a host that nobody should give a token to.
	URL, FilesURL, ServicesURL, StrangerURL string
	// Username and Password are the administrator's, and Referer is what the
	// tokens of Secret are bound to.
	Username, Password, Referer string
	// Clock is the portal's time.
	Clock *Clock

	rules     rules
	authority *authority
	key       []byte // signs links and names tokens
	servers   []*http.Server
	served    sync.WaitGroup

	mu       sync.Mutex
	users    map[string]user
	lockouts map[string]*lockout
	sessions map[string]*session
	grants   map[string]grantee // what states, codes and refresh tokens stand for
	items    map[string]*item
	owned    map[string][]*item
	names    map[string]string // owner, folder and file name -> id
	services map[string]*item  // service name -> item
	ghosts   map[string]*item  // listed, and gone
	index    index
	queue    queue
	jobs     map[string]*job   // by job id
	origins  map[string]string // export -> what it was made from
	made     int               // ids given out
	tries    map[string]int
	quiet    time.Time // the organization is throttled until then
	units    units
	log      []Request
	counts   map[countKey]int
	breaches []string
	touched  map[string]time.Time
}

// Option is a choice about how a portal is started.
type Option func(*options)

type options struct {
	listen string
	tls    bool
	clock  *Clock
}

// Listen has the portal listen on a loopback host:port of choice; the other
// hosts take free ports.
func Listen(addr string) Option { return func(o *options) { o.listen = addr } }

// TLS has all hosts speak HTTPS, with certificates of an authority of the
// portal's own, whose PEM is in the secrets.
func TLS() Option { return func(o *options) { o.tls = true } }

// WithClock gives the portal a clock.
func WithClock(c *Clock) Option { return func(o *options) { o.clock = c } }

// Start runs a portal for a test. It panics where loopback can't be listened
// on, as httptest does; a program uses Open.
func Start(s *Scenario, opts ...Option) *Portal {
	p, err := Open(s, opts...)
	if err != nil {
		panic(fmt.Sprintf("arcgistest: %v", err))
	}
	return p
}

// Open runs a portal until Close.
func Open(s *Scenario, opts ...Option) (*Portal, error) {
	o := options{listen: "127.0.0.1:0", clock: &Clock{}}
	for _, opt := range opts {
		opt(&o)
	}
	p := &Portal{Username: Admin, Referer: "https://mapkeep.example", Clock: o.clock, rules: s.rules, key: []byte("simulated portal"),
		users: map[string]user{}, lockouts: map[string]*lockout{}, sessions: map[string]*session{}, grants: map[string]grantee{}, items: map[string]*item{},
		owned: map[string][]*item{}, names: map[string]string{}, services: map[string]*item{}, ghosts: map[string]*item{},
		tries: map[string]int{}, counts: map[countKey]int{}, origins: map[string]string{}, jobs: map[string]*job{}, touched: map[string]time.Time{}}
	for _, u := range s.users {
		p.users[u.name] = u
	}
	p.Password = p.users[Admin].password
	if o.tls {
		var err error
		if p.authority, err = newAuthority(); err != nil {
			return nil, fmt.Errorf("make certificates: %w", err)
		}
	}
	hosts := []struct {
		url  *string
		addr string
		h    http.Handler
	}{{&p.URL, o.listen, p.sharing()}, {&p.FilesURL, "127.0.0.1:0", http.HandlerFunc(p.files)},
		{&p.ServicesURL, "127.0.0.1:0", p.featureServices()}, {&p.StrangerURL, "127.0.0.1:0", http.HandlerFunc(p.stranger)}}
	var listeners []net.Listener
	for _, host := range hosts {
		l, err := listen(host.addr)
		if err != nil {
			for _, l := range listeners {
				l.Close() //nolint:errcheck // nothing was sent on it
			}
			return nil, fmt.Errorf("listen on %s: %w", host.addr, err)
		}
		listeners = append(listeners, l)
		*host.url = p.scheme() + "://" + l.Addr().String()
	}
	if p.rules.enterprise {
		p.URL += "/portal"
	}
	for _, i := range s.items {
		p.admit(i, time.Time{})
	}
	for n, l := range listeners {
		p.serve(l, hosts[n].h)
	}
	return p, nil
}

// listen takes loopback addresses alone: a simulated portal has a password
// that everybody knows.
func listen(addr string) (net.Listener, error) {
	a, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, err
	}
	if !a.IP.IsLoopback() {
		return nil, fmt.Errorf("%s is no loopback address", addr)
	}
	return net.ListenTCP("tcp", a)
}

func (p *Portal) scheme() string {
	if p.authority != nil {
		return "https"
	}
	return "http"
}

func (p *Portal) serve(l net.Listener, h http.Handler) {
	s := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	p.servers = append(p.servers, s)
	if p.authority != nil {
		l = p.authority.listen(l)
	}
	p.served.Go(func() { s.Serve(l) }) //nolint:errcheck // it ends by Close
}

// Close stops the portal and breaks what is still being sent.
func (p *Portal) Close() {
	for _, s := range p.servers {
		s.Close() //nolint:errcheck // a test's listeners
	}
	p.served.Wait()
}

// Advance moves the portal's clock.
func (p *Portal) Advance(d time.Duration) { p.Clock.Advance(d) }
