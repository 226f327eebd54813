package backup

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// A member is one name and value of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// object splits a JSON object into its members, in order, repeated ones too.
func object(input []byte) ([]member, error) {
	input = bytes.TrimPrefix(input, []byte("\ufeff"))
	var whole json.RawMessage
	if err := json.Unmarshal(input, &whole); err != nil {
		return nil, err
	}
	if !utf8.Valid(input) {
		return nil, fmt.Errorf("it %w", errUTF8)
	}
	d := json.NewDecoder(bytes.NewReader(input))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, fmt.Errorf("it is %s", describe(whole))
	}
	var members []member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: name.(string)}
		if err := d.Decode(&m.value); err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return members, nil
}
