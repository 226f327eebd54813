package statestest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Refused is the status of a machine that can't be created.
const Refused = "REFUSED"

// An Outcome is what became of a case.
//
// In the texts of a wanted one <any>, <time>, <uuid> and <arn> stand for what
// is different each time; a text that is "<any>" alone stands for any value.
type Outcome struct {
	Status string          // SUCCEEDED, FAILED, TIMED_OUT or Refused
	Output json.RawMessage // of a succeeded one; numbers are compared by value
	Error  string
	Cause  string
	Calls  int       // of the function
	Waits  []float64 // seconds asked for by Retry and Wait, one after the other
}

// Differs says in what got is not as wanted; "" where it is. Waits are not
// compared here: an interpreter without a clock of its own can't tell them
// exactly.
func (want Outcome) Differs(got Outcome) string {
	var list []string
	differ := func(what string, want, got any) {
		list = append(list, fmt.Sprintf("%s: got %v, want %v", what, got, want))
	}
	if want.Status != got.Status {
		differ("status", want.Status, fmt.Sprintf("%s %s (%s)", got.Status, got.Error, got.Cause))
	}
	if !pattern(want.Error, got.Error) {
		differ("error", want.Error, got.Error)
	}
	if !pattern(want.Cause, got.Cause) {
		differ("cause", want.Cause, got.Cause)
	}
	if !fits(value(want.Output), value(got.Output)) {
		differ("output", short(want.Output), short(got.Output))
	}
	if want.Calls != got.Calls {
		differ("calls", want.Calls, got.Calls)
	}
	return strings.Join(list, "\n")
}

func value(text json.RawMessage) any {
	if len(text) == 0 {
		return nil
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	return v
}

func short(text json.RawMessage) string {
	if len(text) > 1000 {
		return string(text[:1000]) + "…"
	}
	return string(text)
}

// fits compares two JSON values.
func fits(want, got any) bool {
	switch want := want.(type) {
	case string:
		text, ok := got.(string)
		return want == "<any>" || ok && pattern(want, text)
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !fits(want[i], list[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		m, ok := got.(map[string]any)
		if !ok || len(m) != len(want) {
			return false
		}
		for k := range want {
			if v, there := m[k]; !there || !fits(want[k], v) {
				return false
			}
		}
		return true
	}
	switch got.(type) {
	case []any, map[string]any:
		return false
	}
	return want == got
}

var placeholders = map[string]string{
	"<any>":  `(?s:.*)`,
	"<time>": `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`,
	"<uuid>": `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`,
	"<arn>":  `arn:[^ "]+`,
}

func pattern(want, got string) bool {
	if !strings.Contains(want, "<") {
		return want == got
	}
	expression := regexp.QuoteMeta(want)
	for name, stands := range placeholders {
		expression = strings.ReplaceAll(expression, name, stands)
	}
	return regexp.MustCompile("^" + expression + "$").MatchString(got)
}
