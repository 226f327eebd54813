package content

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// maxDepth is how deep JSON may nest; encoding/json draws the line there too.
const maxDepth = 10_000

// scan checks JSON as it passes, holding its nesting and no text, and can be
// put away between any two bytes. It takes what portals really hold beyond
// the standard: a byte order mark, raw control characters inside strings, and
// Python's NaN and Infinity.
type scan struct {
	At   int64  `json:"at"`
	Next place  `json:"next"`
	Rest string `json:"rest"` // letters that a word still lacks
	Open []byte `json:"open"` // '{' and '[' that are not closed
	Key  bool   `json:"key"`  // the string is an object's key
}

// A place is where in the grammar the next byte stands.
type place int

const (
	atValue place = iota
	atFirstValue
	atFirstKey
	atKey
	atColon
	atComma
	inString
	inEscape
	inHex
	inWord
	inMark
	afterMinus
	afterZero
	inDigits
	afterPoint
	inFraction
	afterE
	afterSign
	inExponent
)

func (s *scan) write(p []byte) error {
	for i := 0; i < len(p); i++ {
		if s.Next == inString { // most bytes of real items
			n := bytes.IndexAny(p[i:], `"\`)
			if n < 0 {
				s.At += int64(len(p) - i)
				return nil
			}
			i, s.At = i+n, s.At+int64(n)
		}
		if !s.step(p[i]) {
			return fmt.Errorf("byte %d is not what JSON may have there", s.At)
		}
		s.At++
	}
	return nil
}

// finish says whether the text may end here.
func (s *scan) finish() error {
	switch {
	case s.Next == atValue && len(s.Open) == 0:
		return errors.New("it holds nothing")
	case len(s.Open) > 0, s.Next != atComma && !s.numberMayEnd():
		return fmt.Errorf("its JSON ends too early, after %d bytes", s.At)
	}
	return nil
}

// step takes one byte and reports whether it may stand there.
func (s *scan) step(b byte) bool {
	switch s.Next {
	case inString:
		switch b {
		case '"':
			s.endString()
		case '\\':
			s.Next = inEscape
		}
		return true
	case inEscape:
		return s.escape(b)
	case inHex, inWord, inMark:
		return s.word(b)
	}
	if s.Next >= afterMinus {
		if s.number(b) {
			return true
		}
		if !s.numberMayEnd() {
			return false
		}
		s.Next = atComma
	}
	if b == ' ' || b == '\t' || b == '\n' || b == '\r' {
		return true
	}
	return s.structure(b)
}

func (s *scan) structure(b byte) bool {
	switch s.Next {
	case atFirstValue:
		return b == ']' && s.shut('[') || s.value(b)
	case atValue:
		return s.value(b)
	case atFirstKey:
		return b == '}' && s.shut('{') || s.key(b)
	case atKey:
		return s.key(b)
	case atColon:
		s.Next = atValue
		return b == ':'
	}
	return s.comma(b)
}

func (s *scan) value(b byte) bool {
	switch {
	case b == '{':
		return s.open(b, atFirstKey)
	case b == '[':
		return s.open(b, atFirstValue)
	case b == '"':
		s.Next, s.Key = inString, false
	case b == '-':
		s.Next = afterMinus
	case b == '0':
		s.Next = afterZero
	case b >= '1' && b <= '9':
		s.Next = inDigits
	case b == bom[0] && s.At == 0:
		s.Next, s.Rest = inMark, string(bom[1:])
	default:
		return s.begin(b)
	}
	return true
}

// begin starts one of the words.
func (s *scan) begin(b byte) bool {
	for _, word := range []string{"true", "false", "null", "NaN", "Infinity"} {
		if word[0] == b {
			s.Next, s.Rest = inWord, word[1:]
			return true
		}
	}
	return false
}

func (s *scan) word(b byte) bool {
	if s.Next == inHex {
		s.Rest = s.Rest[1:]
		if s.Rest == "" {
			s.Next = inString
		}
		return strings.IndexByte("0123456789abcdefABCDEF", b) >= 0
	}
	if s.Rest == "" || s.Rest[0] != b {
		return false
	}
	s.Rest = s.Rest[1:]
	switch {
	case s.Rest != "":
	case s.Next == inMark:
		s.Next = atValue
	default:
		s.Next = atComma
	}
	return true
}

func (s *scan) escape(b byte) bool {
	if b == 'u' {
		s.Next, s.Rest = inHex, "four"
		return true
	}
	s.Next = inString
	return strings.IndexByte(`"\/bfnrt`, b) >= 0
}

func (s *scan) key(b byte) bool {
	s.Next, s.Key = inString, true
	return b == '"'
}

func (s *scan) endString() {
	s.Next = atComma
	if s.Key {
		s.Next = atColon
	}
}

func (s *scan) open(b byte, next place) bool {
	s.Open, s.Next = append(s.Open, b), next
	return len(s.Open) <= maxDepth
}

func (s *scan) shut(opened byte) bool {
	last := len(s.Open) - 1
	if last < 0 || s.Open[last] != opened {
		return false
	}
	s.Open, s.Next = s.Open[:last], atComma
	return true
}

func (s *scan) comma(b byte) bool {
	switch b {
	case '}':
		return s.shut('{')
	case ']':
		return s.shut('[')
	case ',':
		if len(s.Open) == 0 {
			return false
		}
		s.Next = atValue
		if s.Open[len(s.Open)-1] == '{' {
			s.Next = atKey
		}
		return true
	}
	return false
}
