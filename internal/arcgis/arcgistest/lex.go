package arcgistest

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

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
