package backup

import (
	"fmt"
	"reflect"
	"strings"
)

// SplitList reads a list written as one text, as flags, template parameters
// and environment variables do: values are separated by commas, a comma
// within a value is written `\,`, nothing else is special and nothing is
// trimmed. The empty text is the empty list; an empty value is an error.
func SplitList(text string) ([]string, error) {
	list := []string{}
	if text == "" {
		return list, nil
	}
	var value strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case strings.HasPrefix(text[i:], `\,`):
			value.WriteByte(',')
			i++
		case text[i] == ',':
			list = append(list, value.String())
			value.Reset()
		default:
			value.WriteByte(text[i])
		}
	}
	list = append(list, value.String())
	for i, v := range list {
		if v == "" {
			return nil, fmt.Errorf("has nothing as element %d of %s: drop the extra comma", i+1, quote(text))
		}
	}
	return list, nil
}

// FromEnv reads the settings that a stack was made with from the variables
// Names lists: texts as they are, whole numbers in digits, true or false,
// lists as SplitList reads them. A variable that is not there leaves the
// default. The whole is not checked, for an execution's input may still add
// what lacks: give the result to Fixed. The error joins Mistakes.
func FromEnv(lookup func(string) (string, bool)) (Settings, error) {
	var r reader
	s := Defaults()
	for _, set := range Names() {
		text, ok := lookup(set.Variable)
		if !ok {
			continue
		}
		if err := set.scan(text, reflect.ValueOf(&s).Elem().Field(set.field)); err != nil {
			r.refuse(set.Name, "%s %v", set.Variable, err)
		}
	}
	return s.tidy(), join(r.mistakes)
}

// scan puts a text into the field.
func (set Setting) scan(text string, field reflect.Value) error {
	switch set.Kind {
	case KindInt:
		n, err := whole(text, quote(text))
		field.SetInt(int64(n))
		return err
	case KindBool:
		if text != "true" && text != "false" {
			return fmt.Errorf("is %s: it must be true or false", quote(text))
		}
		field.SetBool(text == "true")
	case KindList:
		list, err := SplitList(text)
		if err != nil {
			return err
		}
		field.Set(reflect.ValueOf(list))
	default:
		field.SetString(text)
	}
	return nil
}
