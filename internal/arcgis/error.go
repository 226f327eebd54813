package arcgis

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// ErrNoData says that an item has no data part, which is normal for links
// and many services.
var ErrNoData = errors.New("the item has no data")

// Error is an error that the portal, or a server it works with, put into
// words. It unwraps to its fault.Kind.
type Error struct {
	Op          string // what was asked, in words
	Item        string // id, where one item was meant
	Code        int    // the portal's own, else the HTTP status
	MessageCode string // such as CONT_0001, often missing
	Message     string
	Details     []string
	HTTP        int // status of the answer that carried it, often 200

	kind fault.Kind
}

// Error says what was asked, what the portal answered and by which code.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(said(e.Op, e.Item))
	b.WriteString(": ")
	b.WriteString(tidy(strings.Join(append([]string{e.Message}, e.Details...), ": ")))
	if code := strings.TrimSpace(codeText(e.Code) + " " + e.MessageCode); code != "" {
		fmt.Fprintf(&b, " (%s)", code)
	}
	return b.String()
}

// Unwrap gives the kind.
func (e *Error) Unwrap() error { return e.kind }

// Throttled says that the portal asks for a pause. It unwraps to
// fault.PortalUnavailable.
type Throttled struct {
	Op    string
	After time.Duration // how long the portal wants to be left alone

	late bool // it may have come after the work was begun
}

// Error names the pause.
func (t *Throttled) Error() string {
	return fmt.Sprintf("%s: the portal asks to wait %d s", t.Op, int(t.After.Seconds()))
}

// RetryAfter is the pause.
func (t *Throttled) RetryAfter() time.Duration { return t.After }

// Unwrap gives fault.PortalUnavailable.
func (t *Throttled) Unwrap() error { return fault.PortalUnavailable }

// Unsure says that a request which changes something was sent, and that its
// answer does not tell whether the change was made. It must not be repeated
// before the portal's content was looked at. It unwraps to Err, and its kind
// is fault.PortalUnavailable.
type Unsure struct {
	Owner string // in whose content an export may lie; "" for other requests
	Err   error
}

// Error says what went wrong with the answer.
func (u *Unsure) Error() string { return u.Err.Error() + "; it may have been done all the same" }

// Unwrap gives the cause and the kind.
func (u *Unsure) Unwrap() []error { return []error{fault.As(fault.PortalUnavailable, u.Err)} }

func said(op, item string) string {
	if item == "" {
		return op
	}
	return op + " " + item
}

func codeText(code int) string {
	if code == 0 {
		return ""
	}
	return fmt.Sprint(code)
}

var (
	query = regexp.MustCompile(`(?i)(https?://[^\s"'<>?]*)\?[^\s"'<>]*`)
	user  = regexp.MustCompile(`(?i)(https?://)[^\s"'<>/@]*@`)
)

// tidy makes a foreign text fit for an error: one line, no query of a URL (it
// may be signed) nor a user in it, not longer than anyone reads.
func tidy(s string) string {
	s = query.ReplaceAllString(user.ReplaceAllString(s, "$1"), "$1")
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	s = strings.TrimRight(strings.TrimSuffix(strings.ToValidUTF8(s, "?"), "."), " :")
	if r := []rune(s); len(r) > 400 {
		s = string(r[:400]) + "…"
	}
	return s
}
