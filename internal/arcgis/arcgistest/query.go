package arcgistest

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// match says whether a document answers a query.
type match func(*doc) bool

// parse reads the portal's search language: terms and "quoted phrases",
// field:value, AND OR NOT, + and -, parentheses, [a TO b]. What stands side
// by side must all hold. In a filter (exact) a value is compared with whole
// values as they are written, and every term needs a field.
func parse(text string, exact bool) (match, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	q := &query{tokens: tokens, exact: exact}
	m, err := q.either("")
	if err != nil {
		return nil, err
	}
	if len(q.tokens) > 0 {
		return nil, fmt.Errorf("unexpected %q", q.tokens[0].text)
	}
	return m, nil
}

// lexeme is a word, a phrase, a range or a sign.
type lexeme struct {
	kind rune // 'w' word, 'p' phrase, 'r' range, 'f' field, or the sign itself
	text string
}

func lex(text string) ([]lexeme, error) {
	var out []lexeme
	for text != "" {
		r := rune(text[0])
		switch {
		case unicode.IsSpace(r):
			text = text[1:]
		case strings.ContainsRune("()+-", r):
			out, text = append(out, lexeme{r, string(r)}), text[1:]
		case r == '"':
			body, rest, ok := strings.Cut(text[1:], `"`)
			if !ok {
				return nil, errors.New("a quote is not closed")
			}
			out, text = append(out, lexeme{'p', body}), rest
		case r == '[' || r == '{':
			body, rest, ok := strings.Cut(text[1:], map[rune]string{'[': "]", '{': "}"}[r])
			if !ok {
				return nil, errors.New("a range is not closed")
			}
			out, text = append(out, lexeme{'r', body}), rest
		default:
			n := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`()"[]{}:`, r) })
			if n < 0 {
				n = len(text)
			}
			if n == 0 {
				return nil, fmt.Errorf("unexpected %q", text[:1])
			}
			word := text[:n]
			if text = text[n:]; strings.HasPrefix(text, ":") {
				out, text = append(out, lexeme{'f', strings.ToLower(word)}), text[1:]
				continue
			}
			out = append(out, lexeme{'w', word})
		}
	}
	return out, nil
}

type query struct {
	tokens []lexeme
	exact  bool
}

func (q *query) peek() lexeme {
	if len(q.tokens) == 0 {
		return lexeme{}
	}
	return q.tokens[0]
}

func (q *query) take() lexeme {
	t := q.peek()
	if len(q.tokens) > 0 {
		q.tokens = q.tokens[1:]
	}
	return t
}

func (q *query) word(text string) bool {
	if t := q.peek(); t.kind == 'w' && t.text == text {
		q.take()
		return true
	}
	return false
}

func (q *query) either(field string) (match, error) {
	m, err := q.all(field)
	for err == nil && q.word("OR") {
		left, right := m, match(nil)
		if right, err = q.all(field); err == nil {
			m = func(d *doc) bool { return left(d) || right(d) }
		}
	}
	return m, err
}

func (q *query) all(field string) (match, error) {
	m, err := q.one(field)
	for err == nil {
		and := q.word("AND")
		t := q.peek()
		if !and && (t.kind == 0 || t.kind == ')' || t.kind == 'w' && t.text == "OR") {
			break
		}
		left, right := m, match(nil)
		if right, err = q.one(field); err == nil {
			m = func(d *doc) bool { return left(d) && right(d) }
		}
	}
	return m, err
}

func (q *query) one(field string) (match, error) {
	if q.word("NOT") || q.peek().kind == '-' && q.take().kind == '-' {
		m, err := q.one(field)
		return func(d *doc) bool { return !m(d) }, err
	}
	switch t := q.take(); t.kind {
	case '+':
		return q.one(field)
	case '(':
		m, err := q.either(field)
		if err == nil && q.take().kind != ')' {
			err = errors.New("a parenthesis is not closed")
		}
		return m, err
	case 'f':
		return q.one(t.text)
	case 'r':
		return span(field, t.text)
	case 'w', 'p':
		if q.exact {
			return exactly(field, t.text)
		}
		return about(field, t.text, t.kind == 'w'), nil
	default:
		return nil, errors.New("something is missing")
	}
}

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

// stems are the words of a text, without case and endings: fires finds fire.
func stems(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	for i, w := range words {
		words[i] = stem(w)
	}
	return words
}

func stem(w string) string {
	switch {
	case len(w) > 4 && strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	case len(w) > 5 && strings.HasSuffix(w, "ing"):
		w = w[:len(w)-3]
		if n := len(w); w[n-1] == w[n-2] {
			w = w[:n-1]
		}
		return w
	case len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss"):
		return w[:len(w)-1]
	}
	return w
}
