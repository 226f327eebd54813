package arcgistest

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// span is a range of a number or a time; days are not understood, and zeros
// in front don't matter.
func span(field, text string) (match, error) {
	low, high, ok := strings.Cut(text, " TO ")
	if !ok {
		return nil, fmt.Errorf("no TO in the range %q", text)
	}
	bound := func(s string, otherwise int64) (int64, error) {
		if s = strings.Trim(strings.TrimSpace(s), `"`); s == "*" {
			return otherwise, nil
		}
		return strconv.ParseInt(s, 10, 64)
	}
	a, err := bound(low, math.MinInt64)
	if err != nil {
		return nil, err
	}
	b, err := bound(high, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	return func(d *doc) bool {
		n, ok := d.number(field)
		return ok && a <= n && n <= b
	}, nil
}

// exactly compares whole values, as filter does.
func exactly(field, text string) (match, error) {
	if field == "" {
		return nil, errors.New("a filter needs a field")
	}
	return func(d *doc) bool {
		for _, v := range d.values(field) {
			if v == text {
				return true
			}
		}
		return false
	}, nil
}

// about compares words by their stems, whatever their case: of a tag or a
// type it is enough that it contains them, one after the other.
func about(field, text string, open bool) match {
	switch field {
	case "id", "owner", "orgid", "accountid", "access":
		return func(d *doc) bool { return text == "*" && open || d.value(field) == text }
	}
	if text == "*" && open {
		return func(*doc) bool { return true }
	}
	prefix := open && strings.HasSuffix(text, "*")
	want := stems(text)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		if _, ok := (&doc{}).number(field); ok {
			return func(d *doc) bool { have, _ := d.number(field); return have == n }
		}
	}
	return func(d *doc) bool {
		for _, have := range d.stems(field) {
			if contains(have, want, prefix) {
				return true
			}
		}
		return false
	}
}

// contains says whether want stands in have, in one piece; with prefix the
// last word may go on.
func contains(have, want []string, prefix bool) bool {
	if len(want) == 0 {
		return false
	}
	for i := 0; i+len(want) <= len(have); i++ {
		k := 0
		for k < len(want) && (have[i+k] == want[k] || prefix && k == len(want)-1 && strings.HasPrefix(have[i+k], want[k])) {
			k++
		}
		if k == len(want) {
			return true
		}
	}
	return false
}
