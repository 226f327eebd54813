// Package arcgis speaks the part of the ArcGIS REST API that a backup needs:
// who am I, search, one item, export and its status, the bytes of an item,
// the dates of its layers, and the removal of what an export left behind. It
// works with ArcGIS Online and ArcGIS Enterprise. It is no general SDK, and it
// decides nothing about backups: it neither waits nor repeats, but says by the
// kind of an error (package fault) whether another try may help.
//
// Start with Client and its methods. The portal's habits that are odd have
// one home each: error.go for errors inside HTTP 200, login.go for tokens,
// trust.go and guard.go for which host may see what.
package arcgis

import (
	"context"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// Options say which portal a Client talks to and how it signs in.
type Options struct {
	// Portal is the address as users write it: https://host, with or without
	// a web adaptor's path, /home or /sharing/rest.
	Portal string

	// Trusted holds host or host:port of further servers that may be given
	// the portal's token; a portal in a private network may also send us there
	// for an item's bytes.
	Trusted []string

	// Secret reads the credentials. It is asked when a sign-in is needed for
	// the first time, and once more each time the portal refuses them, since
	// they may have been changed in between.
	Secret func(context.Context) (Secret, error)

	// BeforeLogin is asked before every sign-in; its error prevents it. May be nil.
	BeforeLogin func(context.Context) error

	// Refused is told after a sign-in was refused for good. May be nil.
	Refused func(context.Context, error)

	// Agent is the User-Agent; "mapkeep" when empty.
	Agent string

	// Patience is how long the portal may take to answer, and how long the
	// bytes of an item may stay away; 60 s when zero.
	Patience time.Duration

	// Proxy chooses the proxy of a request; http.ProxyFromEnvironment when nil.
	Proxy func(*http.Request) (*url.URL, error)

	// Now is the clock by which tokens age; time.Now when nil.
	Now func() time.Time
}

// A Client talks to one portal as one account. It signs in when it first
// needs to and may be used by many goroutines.
type Client struct {
	opts   Options
	portal place
	trust  []string // hosts of Options.Trusted, lower case

	turn    chan struct{} // held by the one goroutine that signs in
	current atomic.Pointer[session]
	secret  *Secret  // as last read; guarded by turn
	refusal *refusal // the last sign-in that was refused; guarded by turn

	self atomic.Pointer[Self] // as last read
}

// New checks the options and makes a Client; it asks the portal nothing. Its
// errors are of kind BadSettings.
func New(o Options) (*Client, error) {
	portal, err := parsePortal(o.Portal)
	if err != nil {
		return nil, err
	}
	trust, err := parseTrusted(o.Trusted)
	if err != nil {
		return nil, err
	}
	if o.Agent == "" {
		o.Agent = "mapkeep"
	}
	if o.Patience == 0 {
		o.Patience = time.Minute
	}
	o.Proxy = quiet(o.Proxy)
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Client{opts: o, portal: portal, trust: trust, turn: make(chan struct{}, 1)}, nil
}
