package backup

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Loopback reports whether a host (without port or brackets) is this
// computer itself: localhost, 127.0.0.0/8 or ::1.
func Loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// checkPortal holds the rules of the portal's address. A value with an @ may
// hold a password, so no message of these shows one.
func checkPortal(portal string) error {
	if strings.Contains(portal, "@") {
		return errors.New("holds a user name or an @: give the address alone, and the credentials as the secret")
	}
	u, err := url.Parse(portal)
	switch {
	case err != nil || u.Opaque != "" || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("is %s: it must be an address as in https://www.arcgis.com or https://gis.example.com/portal", quote(portal))
	case u.Scheme == "http" && !Loopback(u.Hostname()):
		return fmt.Errorf("is %s: http is for loopback addresses alone, write https", quote(portal))
	case strings.ContainsAny(portal, "?#"):
		return fmt.Errorf("is %s: drop what follows the ? or #", quote(portal))
	}
	if err := checkHost(u.Host); err != nil {
		return fmt.Errorf("is %s: %w", quote(portal), err)
	}
	return nil
}

func checkHosts(hosts []string) error {
	for _, h := range hosts {
		switch {
		case h == "":
			return errors.New("has an empty text: drop it")
		case strings.Contains(h, "@"):
			return errors.New("has an element with an @: give host or host:port alone")
		case strings.ContainsAny(h, "/?#"):
			return fmt.Errorf("has %s: give host or host:port alone, without scheme and path", quote(h))
		}
		if err := checkHost(h); err != nil {
			return fmt.Errorf("has %s: %w", quote(h), err)
		}
	}
	return nil
}

var hostName = regexp.MustCompile(`^[0-9A-Za-z_]([0-9A-Za-z_-]*[0-9A-Za-z_])?(\.[0-9A-Za-z_]([0-9A-Za-z_-]*[0-9A-Za-z_])?)*\.?$`)

// checkHost holds the rules of host[:port]; an IPv6 address has brackets.
func checkHost(hostport string) error {
	host, port, found := hostport, "", false
	if i := strings.LastIndexByte(hostport, ':'); i > strings.LastIndexByte(hostport, ']') {
		host, port, found = hostport[:i], hostport[i+1:], true
	}
	if n, err := strconv.ParseUint(port, 10, 16); found && (err != nil || n == 0) {
		return errors.New("the port must be a number from 1 to 65535")
	}
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		ip, err := netip.ParseAddr(host[1 : len(host)-1])
		if err != nil || !ip.Is6() || ip.Zone() != "" {
			return errors.New("what stands in brackets must be an IPv6 address")
		}
		return nil
	}
	if len(host) > 253 || !hostName.MatchString(host) {
		return errors.New("that is not a host's name or address (other alphabets are written as xn--…, IPv6 in brackets)")
	}
	return nil
}
