package arcgis

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// An answer is a whole reply in memory.
type answer struct {
	op, item string
	status   int
	header   http.Header
	body     []byte
}

// defaultPause is taken when a portal throttles without a number; one minute
// is the span over which ArcGIS Online counts. A store of files that asks for
// a slower pace means seconds.
const (
	defaultPause = time.Minute
	slowDown     = 15 * time.Second
	longestPause = time.Hour
)

// trouble understands a reply as the error it may be; nil for a good one. It
// is the one place that does: for errors inside HTTP 200, for real statuses,
// and for throttling in all its forms.
func (a answer) trouble() error {
	t, is := findTrouble(a.body)
	switch {
	case a.status == http.StatusTooManyRequests, is && t.code == http.StatusTooManyRequests,
		a.status == http.StatusServiceUnavailable && a.header.Get("Retry-After") != "":
		return &Throttled{a.op, a.pause(t), a.status == http.StatusServiceUnavailable}
	case !is && a.status < 300:
		return nil
	case !is:
		t.message = fmt.Sprintf("HTTP status %d %s", a.status, http.StatusText(a.status))
	}
	if t.code == 0 && a.status >= 400 {
		t.code = a.status
	}
	return a.fail(kindOf(t), t)
}

func (a answer) fail(kind fault.Kind, t trouble) *Error {
	return &Error{Op: a.op, Item: a.item, Code: t.code, MessageCode: t.messageCode,
		Message: t.message, Details: t.details, HTTP: a.status, kind: kind}
}

// pause reads how long to stay away: from Retry-After, in seconds or as a
// date, else from the words "Retry after 60 sec." in the error.
func (a answer) pause(t trouble) time.Duration {
	after := a.header.Get("Retry-After")
	if n, err := strconv.Atoi(after); err == nil && n >= 0 {
		return bounded(n, time.Second)
	}
	if at, err := http.ParseTime(after); err == nil {
		now, err := http.ParseTime(a.header.Get("Date"))
		if err == nil && at.After(now) {
			return min(at.Sub(now), longestPause)
		}
	}
	for _, words := range append(t.details, t.message) {
		if m := wait.FindStringSubmatch(words); m != nil {
			n, _ := strconv.Atoi(m[1])
			if strings.EqualFold(m[2], "min") {
				return bounded(n, time.Minute)
			}
			return bounded(n, time.Second)
		}
	}
	return defaultPause
}

func bounded(n int, unit time.Duration) time.Duration {
	n = min(n, int(longestPause/unit))
	return max(time.Duration(n)*unit, time.Second)
}

// read unmarshals a good reply.
func (a answer) read(into any) error {
	if unmarshal(a.body, into) == nil {
		return nil
	}
	what := "the answer is not JSON"
	switch body := bytes.TrimSpace(a.body); {
	case len(body) == 0:
		what = "the answer is empty"
	case body[0] == '<':
		what = "a web page came instead of an answer"
	case body[0] == '{' || body[0] == '[':
		what = "the answer is cut short or is not JSON"
	}
	return a.fail(fault.PortalUnavailable, trouble{message: what})
}
