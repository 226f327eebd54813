package states

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// payloadLimit is the most bytes of UTF-8 that Step Functions carries from
// one state to the next.
const payloadLimit = 256 << 10

func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON value")
	}
	return v, nil
}

// encode writes v compactly, with the keys of objects in order.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return json.RawMessage("null")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// size is len(encode(v)), without the work of encoding.
func size(v any) int {
	switch v := v.(type) {
	case bool:
		return 5 - b2i(v)
	case json.Number:
		return len(v)
	case string:
		return sizeText(v)
	case []any:
		n := 1 + max(1, len(v)) // brackets and commas
		for _, w := range v {
			n += size(w)
		}
		return n
	case map[string]any:
		n := 1 + max(1, len(v))
		for k, w := range v {
			n += sizeText(k) + 1 + size(w)
		}
		return n
	}
	return 4 // null
}

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

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// within is a States.DataLimitExceeded when v is too large to be carried.
func within(v any, what string) error {
	if n := size(v); n > payloadLimit {
		return failed(nameLimit, "%s has %d bytes, %d are allowed", what, n, payloadLimit)
	}
	return nil
}

// whole reads a number that is written as a whole one.
func whole(v any) (int64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := strconv.ParseInt(string(n), 10, 64)
	return i, err == nil
}

func number(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }

// same compares two JSON values; numbers by what they mean.
func same(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		n, ok := b.(json.Number)
		return ok && compareNumbers(a, n) == 0
	case []any:
		list, ok := b.([]any)
		if !ok || len(a) != len(list) {
			return false
		}
		for i := range a {
			if !same(a[i], list[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		m, ok := b.(map[string]any)
		if !ok || len(a) != len(m) {
			return false
		}
		for k, v := range a {
			if w, ok := m[k]; !ok || !same(v, w) {
				return false
			}
		}
		return true
	}
	switch b.(type) {
	case json.Number, []any, map[string]any:
		return false
	}
	return a == b
}

// compareNumbers is -1, 0 or 1; whole numbers are compared exactly.
func compareNumbers(a, b json.Number) int {
	i, errA := a.Int64()
	j, errB := b.Int64()
	if errA == nil && errB == nil {
		return cmp.Compare(i, j)
	}
	x, _ := a.Float64()
	y, _ := b.Float64()
	return cmp.Compare(x, y)
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
