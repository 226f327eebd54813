package backup

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// A Mistake is one thing wrong with the settings, as a sentence that names
// the setting, its value, what is wrong and how to mend it. The errors of
// this package's readers are Mistakes brought together by errors.Join.
type Mistake struct {
	Setting string // JSON name; "" where the input as a whole is wrong
	Text    string
}

func (m Mistake) Error() string { return m.Text }

// Parse reads an input (a JSON object that holds only what differs) over
// base and checks the whole. Unknown and repeated names, null, wrong types
// and bad values are refused, all at once: the error joins one Mistake for
// each. A whole number is written in digits (3, not 3.0 or "3").
func Parse(input []byte, base Settings) (Settings, error) { return Over(base, input) }

// Over is Parse for several inputs, each over the one before it, with one
// check at the end: a settings file, then flags.
func Over(base Settings, inputs ...[]byte) (Settings, error) {
	var r reader
	s := base
	for _, input := range inputs {
		s = r.read(input, s)
	}
	return r.finish(s)
}

// Fixed is Parse for the input of an execution, over the settings its state
// machine was built with: a setting that Names calls Fixed may be named only
// with the value it has in base.
func Fixed(input []byte, base Settings) (Settings, error) {
	var r reader
	base = base.tidy()
	s := r.read(input, base).tidy()
	was, is := reflect.ValueOf(base), reflect.ValueOf(s)
	for _, set := range Names() {
		if set.Fixed && !was.Field(set.field).Equal(is.Field(set.field)) {
			r.refuse(set.Name, "%s is %s here, but this stack was made with %s: leave it out of the input, or change the template parameter %s",
				set.Name, show(is.Field(set.field)), show(was.Field(set.field)), set.Parameter)
		}
	}
	return r.finish(s)
}

// A reader gathers mistakes while inputs are read.
type reader struct {
	mistakes []Mistake
	broken   bool // an input could not be read at all
}

func (r *reader) refuse(setting, format string, args ...any) {
	r.mistakes = append(r.mistakes, Mistake{setting, fmt.Sprintf(format, args...)})
}

// finish tidies and checks s. A setting that could not be read is not
// complained about twice.
func (r *reader) finish(s Settings) (Settings, error) {
	s = s.tidy()
	for _, m := range s.mistakes() {
		if !r.broken && !about(r.mistakes, m.Setting) {
			r.mistakes = append(r.mistakes, m)
		}
	}
	return s, join(r.mistakes)
}

func about(mistakes []Mistake, setting string) bool {
	return slices.ContainsFunc(mistakes, func(m Mistake) bool { return m.Setting == setting })
}

func join(mistakes []Mistake) error {
	errs := make([]error, len(mistakes))
	for i, m := range mistakes {
		errs[i] = m
	}
	return errors.Join(errs...)
}

// read puts the settings that input names over s.
func (r *reader) read(input []byte, s Settings) Settings {
	members, err := object(input)
	if err != nil {
		r.refuse("", "the settings are not a JSON object: %v", err)
		r.broken = true
		return s
	}
	known := map[string]Setting{}
	for _, set := range Names() {
		known[set.Name] = set
	}
	seen := map[string]bool{}
	for _, m := range members {
		set, ok := known[m.name]
		switch {
		case seen[m.name]:
			r.refuse(m.name, "%s is there more than once: keep one", quote(m.name))
		case !ok:
			r.refuse(m.name, "%s is not a setting%s", quote(m.name), suggest(m.name))
		default:
			if err := decode(m.value, reflect.ValueOf(&s).Elem().Field(set.field)); err != nil {
				r.refuse(m.name, "%s %v", m.name, err)
			}
		}
		seen[m.name] = true
	}
	return s
}

// suggest finds the setting that was probably meant: another way of writing
// a name, such as a flag's or a parameter's.
func suggest(name string) string {
	plain := func(s string) string { return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s)) }
	for _, set := range Names() {
		if plain(set.Name) == plain(name) {
			return ": write " + set.Name
		}
	}
	return ": see the table of settings for the names"
}
