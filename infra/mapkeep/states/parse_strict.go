package states

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth is deeper than any definition nests.
const maxDepth = 200

// strict decodes JSON as decode does, and reports keys that an object has
// twice, which encoding/json lets pass.
func (p *problems) strict(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v, err := p.value(d, "", 0)
	if err == nil {
		if _, end := d.Token(); end != io.EOF {
			err = errors.New("something follows the definition")
		}
	}
	if err != nil {
		before := text[:min(int(d.InputOffset()), len(text))]
		line := 1 + strings.Count(before, "\n")
		return nil, fmt.Errorf("the definition is no JSON, near line %d, column %d: %w",
			line, len(before)-strings.LastIndex(before, "\n"), err)
	}
	return v, nil
}

func (p *problems) value(d *json.Decoder, at string, depth int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("it nests more than %d deep", maxDepth)
	}
	switch token {
	case json.Delim('{'):
		return p.object(d, at, depth)
	case json.Delim('['):
		return p.array(d, at, depth)
	}
	return token, nil
}

func (p *problems) object(d *json.Decoder, at string, depth int) (any, error) {
	m := map[string]any{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		key := token.(string) // the decoder takes nothing else here
		if _, twice := m[key]; twice {
			p.add(at, "the key %q is there twice", key)
		}
		if m[key], err = p.value(d, strings.TrimPrefix(at+"."+key, "."), depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return m, err
}

func (p *problems) array(d *json.Decoder, at string, depth int) (any, error) {
	list := []any{}
	for d.More() {
		v, err := p.value(d, index(at, len(list)), depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

func index(at string, i int) string { return fmt.Sprintf("%s[%d]", at, i) }
