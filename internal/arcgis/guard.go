package arcgis

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// Where a portal may lead us. A link in an answer is somebody else's word: it
// must not make a Lambda or a desktop read what only that machine can reach.
//
//   - A portal with a public address leads to public addresses only.
//   - A portal in a private network leads to its own host, any port, or to a
//     host that the settings trust.
//   - Nobody leads to a link-local address, where clouds keep credentials.
//
// Addresses are checked when they are dialled, after the name was resolved,
// so that a name can't change its mind in between. Behind a proxy the proxy
// dials; then the name is resolved here as well as it can be, and checked.

// A reach is what the addresses of a connection may be.
type reach int

const (
	anywhere  reach = iota // the portal itself and trusted servers
	notLocal               // no link-local address
	publicNet              // no address that the internet doesn't route
)

func (r reach) refuses(a netip.Addr) bool {
	switch r {
	case notLocal:
		return linkLocal(a)
	case publicNet:
		return closed(a)
	}
	return false
}

// dialer gives a dialer that looks at every address it is about to use.
func (r reach) dialer(d net.Dialer) *net.Dialer {
	d.Control = func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || r.refuses(ap.Addr()) {
			return errRefusedAddress
		}
		return nil
	}
	return &d
}

var errRefusedAddress = fault.New(fault.NotPermitted, "the portal leads to an address in a private network, which is not followed")

var (
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	shared    = netip.MustParsePrefix("100.64.0.0/10")
	thisNet   = netip.MustParsePrefix("0.0.0.0/8")
	reserved  = netip.MustParsePrefix("240.0.0.0/4")
	cloudData = netip.MustParsePrefix("fd00:ec2::/32") // metadata of AWS over IPv6
)

// unmapped finds the IPv4 address inside an IPv6 one.
func unmapped(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if nat64.Contains(a) {
		b := a.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return a
}

func linkLocal(a netip.Addr) bool {
	a = unmapped(a)
	return a.IsLinkLocalUnicast() || a.IsLinkLocalMulticast() || cloudData.Contains(a)
}

func closed(a netip.Addr) bool {
	a = unmapped(a)
	return !a.IsGlobalUnicast() || a.IsPrivate() || linkLocal(a) ||
		shared.Contains(a) || thisNet.Contains(a) || reserved.Contains(a)
}

// reachOf decides how far u, a link that the portal gave, may be followed. A
// portal whose name only the proxy can resolve counts as public.
func (c *Client) reachOf(ctx context.Context, u *url.URL, proxied bool) (reach, error) {
	refuse := func(why string) (reach, error) {
		return 0, fault.New(fault.NotPermitted, "the portal leads to "+u.Host+", "+why)
	}
	switch {
	case u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return 0, fault.New(fault.NotPermitted, "the portal leads to an address that can't be followed")
	case u.User != nil:
		return refuse("with a user name in the address")
	case u.Scheme == "http" && c.portal.scheme == "https":
		return refuse("which does not encrypt")
	}
	home, err := addresses(ctx, c.portal.name)
	switch {
	case err != nil && !proxied:
		return 0, fault.As(fault.PortalUnavailable, err)
	case !slices.ContainsFunc(home, closed):
		return publicNet, nil
	case strings.EqualFold(u.Hostname(), c.portal.name), c.trusted(u):
		return notLocal, nil
	}
	return refuse("which is not its own host; if that is right, name it in trusted_hosts")
}

// addresses are those of a host name.
func addresses(ctx context.Context, name string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(name); err == nil {
		return []netip.Addr{a}, nil
	}
	return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
}

// follow sends a request for a link that the portal gave, without anything
// that identifies us, as far as reachOf allows.
func (c *Client) follow(w *wires, r *http.Request) (*http.Response, error) {
	proxy, err := c.opts.Proxy(r)
	if err != nil {
		return nil, err
	}
	far, err := c.reachOf(r.Context(), r.URL, proxy != nil)
	if err != nil {
		return nil, err
	}
	if proxy == nil {
		response, err := w.links[far].Do(r)
		return response, cmp.Or(untrusted(fault.NotPermitted, err), err)
	}
	if there, _ := addresses(r.Context(), r.URL.Hostname()); slices.ContainsFunc(there, far.refuses) {
		return nil, errRefusedAddress
	}
	return w.portal.Do(r)
}
