package states

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// maxNesting is how deep Step Functions lets intrinsic functions nest.
const maxNesting = 10

// parseExpression compiles a path or an intrinsic function that stands in a
// field.
func parseExpression(text, field string, here place) (expr, error) {
	r := &reader{rest: text, here: here}
	if !strings.HasPrefix(text, "$") && !strings.HasPrefix(text, "States.") {
		return nil, fmt.Errorf("%q is neither a path nor an intrinsic function", text)
	}
	e, err := r.argument(0)
	if err != nil {
		return nil, err
	}
	if r.rest != "" {
		return nil, fmt.Errorf("%q: %q is left over", text, r.rest)
	}
	if p, ok := e.(*path); ok {
		p.field = field
		return p, nil
	}
	return outermost{text, e}, nil
}

// A reader takes an expression apart from the left.
type reader struct {
	rest string
	here place
}

func (r *reader) argument(depth int) (expr, error) {
	switch {
	case strings.HasPrefix(r.rest, "$"):
		return r.path()
	case strings.HasPrefix(r.rest, "'"):
		raw, err := r.quoted()
		return constant{unescape(raw)}, err
	case strings.HasPrefix(r.rest, "States."):
		return r.call(depth + 1)
	}
	return r.literal()
}

// path takes what reaches to the next comma, parenthesis or blank outside
// quotes and brackets.
func (r *reader) path() (expr, error) {
	text := r.rest[:pathEnd(r.rest)]
	p, err := parsePath(text)
	if err != nil {
		return nil, err
	}
	r.rest = r.rest[len(text):]
	return p, r.here.allow(p)
}

func pathEnd(s string) int {
	quote, brackets := byte(0), 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0 && c == '\\':
			i++
		case c == quote:
			quote = 0
		case quote != 0:
		case brackets > 0 && (c == '\'' || c == '"'):
			quote = c
		case c == '[':
			brackets++
		case c == ']':
			brackets--
		case brackets <= 0 && strings.IndexByte(",) ", c) >= 0:
			return i
		}
	}
	return len(s)
}

// quoted takes 'text' and leaves its escapes in.
func (r *reader) quoted() (string, error) {
	for i := 1; i < len(r.rest); i++ {
		switch r.rest[i] {
		case '\\':
			i++
		case '\'':
			raw := r.rest[1:i]
			r.rest = r.rest[i+1:]
			return raw, nil
		}
	}
	return "", fmt.Errorf("no quote closes %s", r.rest)
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// literal takes a number, true, false or null.
func (r *reader) literal() (expr, error) {
	end := strings.IndexAny(r.rest, ",) ")
	if end < 0 {
		end = len(r.rest)
	}
	v, err := decode([]byte(r.rest[:end]))
	switch v.(type) {
	case json.Number, bool, nil:
	default:
		err = errors.New("not a number")
	}
	if err != nil {
		return nil, fmt.Errorf("argument %q is no text in quotes, path, number, true, false, null or function", r.rest)
	}
	r.rest = r.rest[end:]
	return constant{v}, nil
}

func (r *reader) call(depth int) (expr, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("intrinsic functions nest more than %d deep", maxNesting)
	}
	name, rest, ok := strings.Cut(r.rest, "(")
	fn, known := intrinsics[strings.TrimPrefix(name, "States.")]
	if !ok || !known {
		return nil, fmt.Errorf("unknown intrinsic function %q", name)
	}
	r.rest = rest
	c := &call{name: name, fn: fn}
	if err := r.arguments(c, depth); err != nil {
		return nil, err
	}
	if len(c.args) < fn.least || len(c.args) > fn.most {
		return nil, fmt.Errorf("%s takes %s, got %d", name, fn.arity(), len(c.args))
	}
	return c, c.blanks()
}

func (r *reader) arguments(c *call, depth int) error {
	for first := true; ; first = false {
		r.skip()
		if first && strings.HasPrefix(r.rest, ")") {
			r.rest = r.rest[1:]
			return nil
		}
		arg, err := r.of(c, depth)
		if err != nil {
			return err
		}
		c.args = append(c.args, arg)
		r.skip()
		switch {
		case strings.HasPrefix(r.rest, ","):
			r.rest = r.rest[1:]
		case strings.HasPrefix(r.rest, ")"):
			r.rest = r.rest[1:]
			return nil
		default:
			return fmt.Errorf("%s: no ) closes its arguments", c.name)
		}
	}
}

// of reads the next argument of c. The first text of States.Format keeps its
// escapes, which tell a brace from a place to fill.
func (r *reader) of(c *call, depth int) (expr, error) {
	if c.name == "States.Format" && len(c.args) == 0 && strings.HasPrefix(r.rest, "'") {
		raw, err := r.quoted()
		return constant{raw}, err
	}
	return r.argument(depth)
}

func (r *reader) skip() { r.rest = strings.TrimLeft(r.rest, " \t\r\n") }
