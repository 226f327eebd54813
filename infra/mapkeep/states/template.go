package states

import (
	"maps"
	"slices"
	"strings"
)

// A scope is what expressions are evaluated against.
type scope struct {
	input   any
	context func() any
	random  func() float64
}

// An expr is anything that Parse compiled to make a value: a path, an
// intrinsic function, a constant, a payload template.
type expr interface {
	eval(s *scope) (any, error)
}

type constant struct{ v any }

func (c constant) eval(*scope) (any, error) { return c.v, nil }

func (p *path) eval(s *scope) (any, error) {
	v, ok := p.look(s)
	if !ok {
		return nil, p.missing(s)
	}
	return v, nil
}

// missing speaks as Step Functions does, which says it otherwise for some
// fields; seen in histories of real executions.
func (p *path) missing(s *scope) error {
	switch p.field {
	case "":
		return failed(nameRuntime, "The JsonPath argument for the field '%s' could not be found in the input '%s'", p.text, encode(s.input))
	case "InputPath", "OutputPath", "TimeoutSecondsPath":
		return failed(nameRuntime, "Invalid path '%s' : No results for path: %s", p.text, p.spelled())
	case "SecondsPath", "TimestampPath":
		return failed(nameRuntime, "The %s parameter does not reference an input value: %s", p.field, p.text)
	}
	return failed(nameRuntime, "The JSONPath '%s' specified for the field '%s' could not be found in the input '%s'", p.text, p.field, encode(s.input))
}

// look is eval for those who can do without.
func (p *path) look(s *scope) (any, bool) {
	if p.context {
		return p.find(s.context())
	}
	return p.find(s.input)
}

// object is a template's object: what is fixed, and what is made each time.
type object struct {
	fixed map[string]any
	made  []field
}

type field struct {
	name string
	expr expr
}

func (o *object) eval(s *scope) (any, error) {
	m := make(map[string]any, len(o.fixed)+len(o.made))
	maps.Copy(m, o.fixed)
	for _, f := range o.made {
		v, err := f.expr.eval(s)
		if err != nil {
			return nil, err
		}
		m[f.name] = v
	}
	return m, nil
}

type list []expr

func (l list) eval(s *scope) (any, error) {
	out := make([]any, len(l))
	for i, e := range l {
		v, err := e.eval(s)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// template compiles a payload template: a key that ends in ".$" holds a path
// or an intrinsic function, everything else stands for itself.
func (p *problems) template(at string, v any, here place) expr {
	switch v := v.(type) {
	case map[string]any:
		return p.templateObject(at, v, here)
	case []any:
		return p.templateList(at, v, here)
	}
	return constant{v}
}

func (p *problems) templateObject(at string, m map[string]any, here place) expr {
	o := &object{fixed: map[string]any{}}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		name, computed := strings.CutSuffix(key, ".$")
		if _, both := m[name]; computed && both {
			p.add(at, "%q and %q", name, key)
		}
		e := expr(nil)
		if computed {
			e = p.computed(at+"."+key, key, m[key], here)
		} else {
			e = p.template(at+"."+key, m[key], here)
		}
		if c, ok := e.(constant); ok {
			o.fixed[name] = c.v
		} else {
			o.made = append(o.made, field{name, e})
		}
	}
	if len(o.made) == 0 {
		return constant{o.fixed}
	}
	return o
}

func (p *problems) templateList(at string, values []any, here place) expr {
	l, fixed := make(list, len(values)), true
	for i, v := range values {
		l[i] = p.template(index(at, i), v, here)
		_, c := l[i].(constant)
		fixed = fixed && c
	}
	if fixed {
		return constant{values}
	}
	return l
}

// computed compiles the text of a field whose name ends in ".$" or "Path".
func (p *problems) computed(at, field string, v any, here place) expr {
	text, ok := v.(string)
	if !ok {
		p.add(at, "must be a text with a path or an intrinsic function")
		return constant{}
	}
	e, err := parseExpression(text, field, here)
	if err != nil {
		p.add(at, "%w", err)
		return constant{}
	}
	return e
}
