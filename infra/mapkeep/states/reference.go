package states

import (
	"fmt"
	"maps"
)

// A reference is where a ResultPath puts a result: names only.
type reference struct {
	names   []string
	discard bool // ResultPath null: the state's input goes on
}

func parseReference(text string) (*reference, error) {
	p, err := parsePath(text)
	if err != nil {
		return nil, err
	}
	r := &reference{}
	for _, s := range p.steps {
		if s.kind != stepName {
			return nil, fmt.Errorf("path %q: a ResultPath holds names only", text)
		}
		r.names = append(r.names, s.name)
	}
	if p.context {
		return nil, fmt.Errorf("path %q: a ResultPath can't write into the context object", text)
	}
	return r, nil
}

// put is a copy of raw with the result at its place; objects on the way are
// made where they are missing, and raw stays as it was.
func (r *reference) put(raw, result any) (any, error) {
	if r == nil {
		return result, nil
	}
	if r.discard {
		return raw, nil
	}
	return insert(raw, r.names, result)
}

func insert(at any, names []string, result any) (any, error) {
	if len(names) == 0 {
		return result, nil
	}
	m, ok := at.(map[string]any)
	if !ok {
		return nil, failed(nameResult, "the result can't be put at %q: what is there is no object", names[0])
	}
	below, there := m[names[0]]
	if !there {
		below = map[string]any{}
	}
	v, err := insert(below, names[1:], result)
	if err != nil {
		return nil, err
	}
	next := make(map[string]any, len(m)+1)
	maps.Copy(next, m)
	next[names[0]] = v
	return next, nil
}
