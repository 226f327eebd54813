package linters

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Schedule says what is wrong with a schedule expression of EventBridge
// Scheduler: rate(value unit), or cron of six fields, one of its two days a
// question mark (the Scheduler's guide, "Schedule types").
func Schedule(expression string) error {
	if rate.MatchString(expression) {
		return nil
	}
	inner, opened := strings.CutPrefix(expression, "cron(")
	inner, closed := strings.CutSuffix(inner, ")")
	if !opened || !closed {
		return fmt.Errorf("%q is neither cron(...) nor rate(...)", expression)
	}
	parts := strings.Split(inner, " ")
	if len(parts) != len(fields) {
		return fmt.Errorf("%q has %d fields, not %d", expression, len(parts), len(fields))
	}
	for i, f := range fields {
		for part := range strings.SplitSeq(parts[i], ",") {
			if !f.takes(part) {
				return fmt.Errorf("%q: %q can't be its %s", expression, parts[i], f.name)
			}
		}
	}
	if (parts[dayOfMonth] == "?") == (parts[dayOfWeek] == "?") {
		return fmt.Errorf("%q: one of day of month and day of week has to be ?", expression)
	}
	return nil
}

var rate = regexp.MustCompile(`^rate\([1-9][0-9]* (minute|hour|day)s?\)$`)

// A field is one of cron's.
type field struct {
	name        string
	least, most int
	names       []string       // of the values from least on
	special     *regexp.Regexp // what only this field takes
}

const dayOfMonth, dayOfWeek = 2, 4

var fields = []field{
	{name: "minute", most: 59},
	{name: "hour", most: 23},
	{name: "day of month", least: 1, most: 31, special: regexp.MustCompile(`^(\?|L|LW|([1-9]|[12][0-9]|3[01])W)$`)},
	{name: "month", least: 1, most: 12, names: strings.Fields("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")},
	{name: "day of week", least: 1, most: 7, names: strings.Fields("SUN MON TUE WED THU FRI SAT"),
		special: regexp.MustCompile(`^(\?|L|[1-7]L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)#[1-5])$`)},
	{name: "year", least: 1970, most: 2199},
}

// takes asks for a value, a range or all, each with a step perhaps.
func (f field) takes(part string) bool {
	if f.special != nil && f.special.MatchString(part) {
		return true
	}
	part, step, stepped := strings.Cut(part, "/")
	if n, err := strconv.Atoi(step); stepped && (err != nil || n < 1) {
		return false
	}
	if part == "*" {
		return true
	}
	from, to, ranged := strings.Cut(part, "-")
	if !ranged {
		to = from
	}
	a, okA := f.value(from)
	b, okB := f.value(to)
	return okA && okB && a <= b
}

func (f field) value(text string) (int, bool) {
	if i := slices.Index(f.names, text); i >= 0 {
		return f.least + i, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= f.least && n <= f.most
}
