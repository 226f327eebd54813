package states

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// A path is a compiled JSONPath: $ or $$ (the context object), then names,
// indexes, and the steps that may find many values: [*], .*, slices, and ..
// Filters, unions and functions are refused.
type path struct {
	text    string
	field   string // where it stands, for messages; "" for a function's argument
	context bool
	many    bool // answers an array of all it finds, [] for nothing
	steps   []step
}

type stepKind int

const (
	stepName stepKind = iota
	stepIndex
	stepAll
	stepSlice
	stepDeep // the value and all below it
)

type step struct {
	kind     stepKind
	name     string
	from, to int // stepIndex uses from; negative ones count from the end
	open     bool
}

// spelled is a path that finds one value with all its names in brackets.
func (p *path) spelled() string {
	text := "$"
	for _, s := range p.steps {
		if s.kind == stepName {
			text += "['" + s.name + "']"
		} else {
			text += "[" + strconv.Itoa(s.from) + "]"
		}
	}
	return text
}

func parsePath(text string) (*path, error) {
	p := &path{text: text}
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return nil, fmt.Errorf("path %q does not begin with $", text)
	}
	rest, p.context = strings.CutPrefix(rest, "$")
	for rest != "" {
		s, after, err := parseStep(rest)
		if err != nil {
			return nil, fmt.Errorf("path %q: %w", text, err)
		}
		p.steps, rest = append(p.steps, s), after
		p.many = p.many || s.kind >= stepAll
	}
	return p, nil
}

func parseStep(s string) (step, string, error) {
	switch {
	case strings.HasPrefix(s, "..["):
		return step{kind: stepDeep}, s[2:], nil
	case strings.HasPrefix(s, ".."):
		if len(s) == 2 {
			return step{}, "", errors.New("nothing follows the two dots")
		}
		return step{kind: stepDeep}, s[1:], nil
	case strings.HasPrefix(s, ".*"):
		return step{kind: stepAll}, s[2:], nil
	case strings.HasPrefix(s, "."):
		return dotted(s[1:])
	case strings.HasPrefix(s, "["):
		return bracket(s[1:])
	}
	return step{}, "", fmt.Errorf("%q is neither . nor [", s)
}

func dotted(s string) (step, string, error) {
	end := strings.IndexFunc(s, func(r rune) bool {
		return !(unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' || r > 0x7f && !unicode.IsSpace(r))
	})
	if end < 0 {
		end = len(s)
	}
	if end == 0 {
		return step{}, "", errors.New("no name follows a dot")
	}
	if end < len(s) && s[end] != '.' && s[end] != '[' {
		return step{}, "", fmt.Errorf("%q can't stand in a name after . (functions are not in our subset)", s[end])
	}
	return step{kind: stepName, name: s[:end]}, s[end:], nil
}

func bracket(s string) (step, string, error) {
	if s != "" && (s[0] == '\'' || s[0] == '"') {
		return quoted(s)
	}
	inside, after, ok := strings.Cut(s, "]")
	switch {
	case !ok:
		return step{}, "", fmt.Errorf("no ] closes [%s", s)
	case inside == "*":
		return step{kind: stepAll}, after, nil
	case strings.HasPrefix(inside, "?"), strings.HasPrefix(inside, "("):
		return step{}, "", errors.New("filters are not in our subset")
	case strings.Contains(inside, ","):
		return step{}, "", errors.New("unions are not in our subset")
	}
	st, err := position(inside)
	return st, after, err
}

// position reads an index or a slice.
func position(inside string) (step, error) {
	from, to, isSlice := strings.Cut(inside, ":")
	st := step{kind: stepIndex}
	if isSlice {
		st.kind, st.open = stepSlice, to == ""
	}
	var err error
	if from != "" || !isSlice {
		if st.from, err = strconv.Atoi(from); err != nil {
			return st, fmt.Errorf("[%s] is no index", inside)
		}
	}
	if to != "" {
		if st.to, err = strconv.Atoi(to); err != nil {
			return st, fmt.Errorf("[%s] is no slice", inside)
		}
	}
	return st, nil
}

// quoted reads ['name'] after its bracket; a backslash takes the next
// character as it is.
func quoted(s string) (step, string, error) {
	var name strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			name.WriteByte(s[i])
		case s[i] == s[0]:
			if !strings.HasPrefix(s[i+1:], "]") {
				return step{}, "", fmt.Errorf("no ] after [%s", s[:i+1])
			}
			return step{kind: stepName, name: name.String()}, s[i+2:], nil
		default:
			name.WriteByte(s[i])
		}
	}
	return step{}, "", fmt.Errorf("no quote closes [%s", s)
}
