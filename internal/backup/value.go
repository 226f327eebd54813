package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
)

// decode puts a JSON value into a field of Settings. Its error continues a
// sentence that begins with the setting's name.
func decode(value json.RawMessage, field reflect.Value) error {
	switch field.Kind() {
	case reflect.Int:
		return decodeInt(value, field)
	case reflect.Slice:
		return decodeList(value, field)
	case reflect.Bool:
		if c := value[0]; c != 't' && c != 'f' {
			return fmt.Errorf("is %s: it must be true or false, without quotes", describe(value))
		}
	default:
		if value[0] != '"' {
			return fmt.Errorf("is %s: it must be a text in double quotes", describe(value))
		}
	}
	return json.Unmarshal(value, field.Addr().Interface())
}

func decodeInt(value json.RawMessage, field reflect.Value) error {
	if c := value[0]; c != '-' && (c < '0' || c > '9') {
		return fmt.Errorf("is %s: it must be a whole number, without quotes", describe(value))
	}
	n, err := whole(string(value), describe(value))
	if err != nil {
		return err
	}
	field.SetInt(int64(n))
	return nil
}

// decodeList makes a new list: a plain Unmarshal would write into the one
// that the settings below still hold.
func decodeList(value json.RawMessage, field reflect.Value) error {
	if value[0] != '[' {
		return fmt.Errorf("is %s: it must be a list of texts, as in [\"a\", \"b\"]", describe(value))
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(value, &elements); err != nil {
		return err
	}
	list := make([]string, len(elements))
	for i, e := range elements {
		if e[0] != '"' {
			return fmt.Errorf("has %s as element %d: every element must be a text in double quotes", describe(e), i+1)
		}
		if err := json.Unmarshal(e, &list[i]); err != nil {
			return err
		}
	}
	field.Set(reflect.ValueOf(list))
	return nil
}

var digits = regexp.MustCompile(`^-?[0-9]+$`)

// whole reads a whole number in decimal digits; said is the text as a
// message shows it.
func whole(text, said string) (int, error) {
	if !digits.MatchString(text) {
		return 0, fmt.Errorf("is %s: it must be a whole number in digits, as in 3", said)
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("is %s: that number is too large", said)
	}
	return n, nil
}

// describe says what a JSON value is, scalars with their text.
func describe(value json.RawMessage) string {
	switch value[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "the text " + cut(string(value))
	default:
		return cut(string(value))
	}
}

// show says a field's value in a sentence.
func show(v reflect.Value) string {
	if v.Kind() == reflect.String {
		return quote(v.String())
	}
	return text(v)
}

func quote(s string) string { return cut(strconv.Quote(s)) }

// cut keeps a value from filling the message.
func cut(s string) string {
	const most = 80
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most]) + "…"
}

var errUTF8 = errors.New("is not UTF-8: save it as UTF-8")
