package states

import (
	"encoding/json"
	"unicode/utf8"
)

// payloadLimit is the most bytes of UTF-8 that Step Functions carries from
// one state to the next.
const payloadLimit = 256 << 10

// within is a States.DataLimitExceeded when what a state or task made is too
// large to be carried. Most values are so small that a guess decides.
func within(v any, by string) error {
	if measure(v, atMost) <= payloadLimit {
		return nil
	}
	if size(v) > payloadLimit {
		return failed(nameLimit, "The state/task '%s' returned a result with a size exceeding the maximum number of bytes service limit.", by)
	}
	return nil
}

// size is len(encode(v)), without the work of encoding.
func size(v any) int { return measure(v, sizeText) }

func measure(v any, text func(string) int) int {
	switch v := v.(type) {
	case bool:
		return 5 - b2i(v)
	case json.Number:
		return len(v)
	case string:
		return text(v)
	case []any:
		n := 1 + max(1, len(v)) // brackets and commas
		for _, w := range v {
			n += measure(w, text)
		}
		return n
	case map[string]any:
		n := 1 + max(1, len(v))
		for k, w := range v {
			n += text(k) + 1 + measure(w, text)
		}
		return n
	}
	return 4 // null
}

// atMost is a text's size if all of it had to be escaped.
func atMost(s string) int { return 2 + 6*len(s) }

// sizeText is a text's size as encoding/json writes it.
func sizeText(s string) int {
	n := 2
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			n += sizeASCII(c)
			i++
			continue
		}
		r, w := utf8.DecodeRuneInString(s[i:])
		i += w
		if r == '\u2028' || r == '\u2029' || r == utf8.RuneError && w == 1 {
			n += 6
		} else {
			n += w
		}
	}
	return n
}

func sizeASCII(c byte) int {
	switch {
	case c == '"' || c == '\\' || c == '\b' || c == '\f' || c == '\n' || c == '\r' || c == '\t':
		return 2
	case c < ' ':
		return 6
	}
	return 1
}
