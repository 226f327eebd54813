package states

import (
	"encoding/json"
	"maps"
	"slices"
)

// A form is an object of the definition that is read field by field; what
// nobody asked for when it ends is an unknown field.
type form struct {
	p     *problems
	at    string
	m     map[string]any
	known map[string]bool
}

func (p *problems) form(at string, v any) *form {
	m, ok := v.(map[string]any)
	if !ok {
		p.add(at, "must be an object")
	}
	return &form{p: p, at: at, m: m, known: map[string]bool{}}
}

func (f *form) take(name string) (any, bool) {
	f.known[name] = true
	v, ok := f.m[name]
	return v, ok
}

func (f *form) has(name string) bool {
	_, ok := f.m[name]
	return ok
}

func (f *form) add(format string, args ...any) { f.p.add(f.at, format, args...) }

func (f *form) end() {
	for _, name := range slices.Sorted(maps.Keys(f.m)) {
		if !f.known[name] {
			f.add("unknown field %q", name)
		}
	}
}

// text is a text field, "" where it is absent.
func (f *form) text(name string) string {
	v, ok := f.take(name)
	s, isText := v.(string)
	if ok && !isText {
		f.add("%s must be a text", name)
	}
	return s
}

func (f *form) required(name string) string {
	s := f.text(name)
	if !f.has(name) || f.m[name] == "" {
		f.add("%s is missing", name)
	}
	return s
}

// only demands that a text field has this one value.
func (f *form) only(name, want string) {
	if got := f.required(name); got != "" && got != want {
		f.add("%s %q: only %s is in our subset", name, got, want)
	}
}

// number is a whole number, or the fallback where it is absent.
func (f *form) number(name string, least, most, fallback int64) int64 {
	v, ok := f.take(name)
	if !ok {
		return fallback
	}
	n, isWhole := whole(v)
	if !isWhole || n < least || n > most {
		f.add("%s must be a whole number from %d to %d, got %s", name, least, most, encode(v))
		return fallback
	}
	return n
}

// decimal is a number, or the fallback where it is absent.
func (f *form) decimal(name string, least, most, fallback float64) float64 {
	v, ok := f.take(name)
	if !ok {
		return fallback
	}
	n, isNumber := v.(json.Number)
	x, err := n.Float64()
	if !isNumber || err != nil || x < least || x > most {
		f.add("%s must be a number from %g to %g, got %s", name, least, most, encode(v))
		return fallback
	}
	return x
}

// list is the elements of an array, none where it is absent.
func (f *form) list(name string) []any {
	v, ok := f.take(name)
	l, isList := v.([]any)
	if ok && (!isList || len(l) == 0) {
		f.add("%s must be an array with at least one element", name)
	}
	return l
}

// path is a JSONPath; nil where it is absent.
func (f *form) path(name string) *path {
	text := f.text(name)
	if !f.has(name) {
		return nil
	}
	p, err := parsePath(text)
	if err == nil {
		err = place{}.allow(p)
	}
	if err != nil {
		f.add("%s: %w", name, err)
		return nil
	}
	p.field = name
	return p
}

// filter is an InputPath or OutputPath: null is an empty object.
func (f *form) filter(name string) expr {
	if v, ok := f.take(name); ok && v == nil {
		return constant{map[string]any{}}
	}
	if p := f.path(name); p != nil {
		return p
	}
	return nil
}

// reference is a ResultPath: $ where it is absent.
func (f *form) reference(name string) *reference {
	v, ok := f.take(name)
	if !ok {
		return &reference{}
	}
	if v == nil {
		return &reference{discard: true}
	}
	r, err := parseReference(f.text(name))
	if err != nil {
		f.add("%s: %w", name, err)
		return &reference{}
	}
	return r
}

// template is a payload template; nil where it is absent.
func (f *form) template(name string, here place) expr {
	v, ok := f.take(name)
	if !ok {
		return nil
	}
	return f.p.template(f.at+": "+name, v, here)
}

// either is a field that is a constant under its own name, or a path under
// name+"Path"; both are refused.
func (f *form) either(name string, constantOf func() expr) expr {
	p := f.path(name + "Path")
	if !f.has(name) {
		f.known[name] = true
		if p == nil {
			return nil
		}
		return p
	}
	if f.has(name + "Path") {
		f.add("%s and %sPath", name, name)
	}
	return constantOf()
}

// wholeOr is either for a whole number.
func (f *form) wholeOr(name string, least, most int64) expr {
	return f.either(name, func() expr { return constant{number(f.number(name, least, most, least))} })
}
