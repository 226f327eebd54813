package arcgistest

import (
	"errors"
	"fmt"
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
