package states

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"
)

// A choice goes where its first rule that holds points to.
type choice struct {
	branches  []branch
	otherwise *node
}

type branch struct {
	rule rule
	next *node
}

func (c *choice) act(_ context.Context, v *visit, in any) (any, error) {
	s := v.scope(in)
	for _, b := range c.branches {
		holds, err := b.rule.holds(s)
		if err != nil {
			return nil, err
		}
		if holds {
			v.next = b.next
			return in, nil
		}
	}
	if c.otherwise == nil {
		return nil, failed(nameNoChoice, "no choice matched and there is no Default")
	}
	v.next = c.otherwise
	return in, nil
}

// A rule is a test on a state's input. A path that is not there is
// States.Runtime for all but IsPresent; a value of another type is no error,
// the comparison just does not hold.
type rule interface {
	holds(s *scope) (bool, error)
}

// several is And (until one does not hold) and Or (until one does).
type several struct {
	rules []rule
	until bool
}

func (r several) holds(s *scope) (bool, error) {
	for _, one := range r.rules {
		if h, err := one.holds(s); err != nil || h == r.until {
			return h, err
		}
	}
	return !r.until, nil
}

type not struct{ rule rule }

func (r not) holds(s *scope) (bool, error) {
	h, err := r.rule.holds(s)
	return !h, err
}

type present struct {
	variable *path
	want     bool
}

func (r present) holds(s *scope) (bool, error) {
	_, ok := r.variable.look(s)
	return ok == r.want, nil
}

// comparison tests a variable against a constant or another path.
type comparison struct {
	variable *path
	with     expr
	test     func(a, b any) bool
}

func (r comparison) holds(s *scope) (bool, error) {
	a, err := r.variable.eval(s)
	if err != nil {
		return false, err
	}
	b, err := r.with.eval(s)
	if err != nil {
		return false, err
	}
	return r.test(a, b), nil
}

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
