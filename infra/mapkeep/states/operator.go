package states

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"
)

// orders are the endings of comparing operators.
var orders = map[string]func(order int) bool{
	"Equals":            func(o int) bool { return o == 0 },
	"LessThan":          func(o int) bool { return o < 0 },
	"LessThanEquals":    func(o int) bool { return o <= 0 },
	"GreaterThan":       func(o int) bool { return o > 0 },
	"GreaterThanEquals": func(o int) bool { return o >= 0 },
}

// typed are the beginnings of comparing operators: the order of two values,
// false when one is of another type.
var typed = map[string]func(a, b any) (int, bool){
	"String": func(a, b any) (int, bool) {
		s, okA := a.(string)
		t, okB := b.(string)
		return cmp.Compare(s, t), okA && okB
	},
	"Numeric": func(a, b any) (int, bool) {
		x, okA := a.(json.Number)
		y, okB := b.(json.Number)
		if !okA || !okB {
			return 0, false
		}
		return compareNumbers(x, y), true
	},
	"Timestamp": func(a, b any) (int, bool) {
		s, okA := timestamp(a)
		t, okB := timestamp(b)
		return s.Compare(t), okA && okB
	},
	"Boolean": func(a, b any) (int, bool) {
		p, okA := a.(bool)
		q, okB := b.(bool)
		return b2i(p) - b2i(q), okA && okB
	},
}

// operator finds the test that an operator such as NumericLessThan does.
func operator(name string) (test func(a, b any) bool, beginning string, ok bool) {
	for beginning, order := range typed {
		ending, found := strings.CutPrefix(name, beginning)
		holds, known := orders[ending]
		if found && known && (beginning != "Boolean" || ending == "Equals") {
			return func(a, b any) bool {
				o, ok := order(a, b)
				return ok && holds(o)
			}, beginning, true
		}
	}
	return nil, "", false
}

// kinds are the Is... operators but IsPresent; their operand is true or false.
var kinds = map[string]func(v any) bool{
	"IsNull":      func(v any) bool { return v == nil },
	"IsString":    func(v any) bool { _, ok := v.(string); return ok },
	"IsNumeric":   func(v any) bool { _, ok := v.(json.Number); return ok },
	"IsBoolean":   func(v any) bool { _, ok := v.(bool); return ok },
	"IsTimestamp": func(v any) bool { _, ok := timestamp(v); return ok },
}

// timestamp reads RFC 3339 with capital T and Z.
func timestamp(v any) (time.Time, bool) {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, err == nil && s == strings.ToUpper(s)
}

// stringMatches compares with a pattern in which * stands for any text and
// \* for a star.
func stringMatches(a, b any) bool {
	s, okA := a.(string)
	pattern, okB := b.(string)
	return okA && okB && glob(s, pieces(pattern))
}

// pieces cuts a pattern at its stars.
func pieces(pattern string) []string {
	list, piece := []string{}, strings.Builder{}
	for i := 0; i < len(pattern); i++ {
		switch {
		case pattern[i] == '\\' && i+1 < len(pattern):
			i++
			piece.WriteByte(pattern[i])
		case pattern[i] == '*':
			list = append(list, piece.String())
			piece.Reset()
		default:
			piece.WriteByte(pattern[i])
		}
	}
	return append(list, piece.String())
}

func glob(s string, pieces []string) bool {
	last := len(pieces) - 1
	if last == 0 {
		return s == pieces[0]
	}
	s, ok := strings.CutPrefix(s, pieces[0])
	for _, piece := range pieces[1:last] {
		var found bool
		_, s, found = strings.Cut(s, piece)
		ok = ok && found
	}
	return ok && strings.HasSuffix(s, pieces[last])
}
