package arcgis

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// Which host may see the token is decided here: the portal's exact origin;
// *.arcgis.com over https when the portal is one of them, for that is where
// ArcGIS Online keeps its services; and the hosts that the settings trust.

// A place is a portal's address.
type place struct {
	scheme string
	host   string // lower case, with the port always
	name   string // lower case, without the port
	path   string // of the web adaptor: "" or "/portal"
}

// rest is the address of a REST resource below /sharing/rest; its parts are
// escaped one by one.
func (p place) rest(parts ...string) *url.URL {
	u := &url.URL{Scheme: p.scheme, Host: p.shown(), Path: p.path + "/sharing/rest"}
	return u.JoinPath(escaped(parts)...)
}

// shown is the host without a port that the scheme implies.
func (p place) shown() string {
	u := url.URL{Host: p.host}
	if u.Port() == defaultPort(p.scheme) {
		return bracketed(p.name)
	}
	return p.host
}

func (p place) origin() string { return p.scheme + "://" + p.shown() }

func bracketed(name string) string {
	if strings.Contains(name, ":") {
		return "[" + name + "]"
	}
	return name
}

func escaped(parts []string) []string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = url.PathEscape(p)
		if p == "." || p == ".." { // JoinPath would climb
			out[i] = strings.ReplaceAll(p, ".", "%2E")
		}
	}
	return out
}

// parsePortal reads the address of a portal in all the forms that people copy
// from their browser.
func parsePortal(text string) (place, error) {
	refuse := func(why string) (place, error) {
		return place{}, fault.New(fault.BadSettings, "portal: "+why)
	}
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.Hostname() == "" {
		return refuse("an address like https://www.arcgis.com is needed")
	}
	if u.User != nil {
		return refuse("no user name or password may stand in the address")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return refuse("https is needed (http only on a loopback address)")
	}
	path := "/" + strings.Trim(u.Path, "/") + "/"
	for _, tail := range []string{"/sharing/", "/home/"} {
		if i := strings.Index(path, tail); i >= 0 {
			path = path[:i+1]
		}
	}
	return place{u.Scheme, hostPort(u), strings.ToLower(u.Hostname()), strings.TrimRight(path, "/")}, nil
}

func loopback(name string) bool {
	a, err := netip.ParseAddr(name)
	return strings.EqualFold(name, "localhost") || err == nil && a.Unmap().IsLoopback()
}

// hostPort is an address's host in lower case with its port.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

func defaultPort(scheme string) string {
	if scheme == "http" {
		return "80"
	}
	return "443"
}

func parseTrusted(hosts []string) ([]string, error) {
	var out []string
	for _, h := range hosts {
		u, err := url.Parse("//" + h)
		if err != nil || u.Host != h || u.Hostname() == "" || u.User != nil {
			return nil, fault.New(fault.BadSettings,
				fmt.Sprintf("trusted_hosts: %q is not a host or host:port", h))
		}
		out = append(out, strings.ToLower(h))
	}
	return out, nil
}

// trusted reports whether the settings name the host of u; a name without a
// port means the port that u's scheme implies.
func (c *Client) trusted(u *url.URL) bool {
	if slices.Contains(c.trust, hostPort(u)) {
		return true
	}
	return (u.Port() == "" || u.Port() == defaultPort(u.Scheme)) &&
		slices.Contains(c.trust, bracketed(strings.ToLower(u.Hostname())))
}

// mayHaveToken reports whether the token may travel to u.
func (c *Client) mayHaveToken(u *url.URL) bool {
	switch {
	case u.User != nil:
		return false
	case u.Scheme == c.portal.scheme && hostPort(u) == c.portal.host:
		return true
	case u.Scheme != "https" && !loopback(u.Hostname()):
		return false
	case c.trusted(u):
		return true
	}
	return u.Scheme == "https" && u.Port() == "" && online(c.portal.name) && online(strings.ToLower(u.Hostname()))
}

// online reports whether a host belongs to ArcGIS Online.
func online(host string) bool {
	return host == "arcgis.com" || strings.HasSuffix(host, ".arcgis.com")
}
