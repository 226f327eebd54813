package arcgis

import (
	"encoding/json"
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

// trouble is the error object of an answer as far as it can be told.
type trouble struct {
	code        int
	messageCode string
	message     string
	details     []string
	only        bool // the answer holds nothing else, and code and message are there
}

// findTrouble looks for an error in a JSON answer. Portals put theirs into
// HTTP 200; the sign-in writes OAuth's flat form, and the billing back end
// {code,message,status:"failure"}.
func findTrouble(body []byte) (trouble, bool) {
	var fields map[string]json.RawMessage
	if !mention.Match(body) || unmarshal(body, &fields) != nil {
		return trouble{}, false
	}
	if raw, is := fields["error"]; is {
		if t, is := errorField(raw, fields["error_description"]); is {
			t.only = raw[0] == '{' && t.code != 0 && t.message != "" && onlyError(fields)
			return t, true
		}
	}
	var flat errorObject
	if unmarshal(body, &flat) == nil && strings.EqualFold(string(flat.Status), "failure") && flat.Code.n >= 400 {
		return flat.trouble(), true
	}
	return trouble{}, false
}

type errorObject struct {
	Code        number
	MessageCode text
	Message     text
	Details     texts
	Status      text
	Error       text
	Description text `json:"error_description"`
}

func (o errorObject) trouble() trouble {
	t := trouble{code: int(o.Code.n), messageCode: string(o.MessageCode), message: string(o.Message)}
	for _, d := range o.Details {
		if d != "" && d != t.message {
			t.details = append(t.details, d)
		}
	}
	for _, more := range []text{o.Description, o.Error} {
		if t.message == "" {
			t.message = string(more)
		}
	}
	return t
}

// errorField reads the value of "error": an object, or OAuth's short word
// with a description beside it.
func errorField(raw, description json.RawMessage) (trouble, bool) {
	var o errorObject
	var word string
	switch {
	case json.Unmarshal(raw, &word) == nil && word != "":
		o.Code, o.Error = number{400, true}, text(word)
		if description != nil {
			json.Unmarshal(description, &o.Description)
		}
	case raw[0] != '{' || json.Unmarshal(raw, &o) != nil:
		return trouble{}, false
	}
	t := o.trouble()
	return t, t.code != 0 || t.message != "" || t.messageCode != ""
}

func onlyError(fields map[string]json.RawMessage) bool {
	for name := range fields {
		switch name {
		case "error", "success", "itemId":
		default:
			return false
		}
	}
	return true
}

var (
	mention = regexp.MustCompile(`(?i)"error"|"failure"`) // spares most answers a second reading

	gone  = regexp.MustCompile(`(?i)item does not exist|does not exist or is inaccessible`)
	quota = regexp.MustCompile(`(?i)(insufficient|not enough|out of|no (more|remaining)|exceed\w*|expired|suspended|disabled|full)\b.*\b(credits?|storage|subscription|quota)\b|` +
		`\b(credits?|storage|subscription|quota)\b.*\b(insufficient|exceed\w*|expired|suspended|disabled|full|used up)\b`)
	wait = regexp.MustCompile(`(?i)retry after (\d+) ?(sec|min)?`)
)

// kindOf decides on the code; the message code only where the code doesn't
// tell, for GWM_0003 stands beside both 403 and 499. What nobody has
// classified counts as something that another try may mend, since portals
// give 400 for passing trouble too.
func kindOf(t trouble) fault.Kind {
	words := t.message + " " + strings.Join(t.details, " ")
	switch {
	case t.code == 498, t.code == 499, t.code == 401:
		return fault.TokenRejected
	case t.code == 403:
		return fault.NotPermitted
	case t.messageCode == "CONT_0001", gone.MatchString(words):
		return fault.ItemGone
	case quota.MatchString(words):
		return fault.QuotaExceeded
	}
	return fault.PortalUnavailable
}

var query = regexp.MustCompile(`(?i)(https?://[^\s"'<>?]*)\?[^\s"'<>]*`)

// tidy makes a foreign text fit for an error: one line, no query of a URL (it
// may be signed), not longer than anyone reads.
func tidy(s string) string {
	s = query.ReplaceAllString(s, "$1")
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	s = strings.TrimRight(strings.TrimSuffix(strings.ToValidUTF8(s, "?"), "."), " :")
	if r := []rune(s); len(r) > 400 {
		s = string(r[:400]) + "…"
	}
	return s
}
