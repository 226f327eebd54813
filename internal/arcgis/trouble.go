package arcgis

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/mapkeep/mapkeep/internal/fault"
)

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
			_ = json.Unmarshal(description, &o.Description)
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
	case quota.MatchString(words):
		return fault.QuotaExceeded
	case t.code == 403:
		return fault.NotPermitted
	case t.messageCode == "CONT_0001", gone.MatchString(words):
		return fault.ItemGone
	}
	return fault.PortalUnavailable
}
