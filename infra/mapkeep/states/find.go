package states

import (
	"maps"
	"slices"
)

// find looks p up below root; false when it is not there.
func (p *path) find(root any) (any, bool) {
	if p.many {
		return p.findAll(root), true
	}
	for i := range p.steps {
		next, ok := p.steps[i].one(root)
		if !ok {
			return nil, false
		}
		root = next
	}
	return root, true
}

func (s *step) one(v any) (any, bool) {
	if s.kind == stepName {
		m, _ := v.(map[string]any)
		w, ok := m[s.name]
		return w, ok
	}
	list, _ := v.([]any)
	i := s.from
	if i < 0 {
		i += len(list)
	}
	if i < 0 || i >= len(list) {
		return nil, false
	}
	return list[i], true
}

func (p *path) findAll(root any) []any {
	found := []any{root}
	for i := range p.steps {
		next := []any{}
		for _, v := range found {
			next = p.steps[i].each(v, next)
		}
		found = next
	}
	return found
}

// each appends what s finds in v.
func (s *step) each(v any, to []any) []any {
	switch s.kind {
	case stepAll:
		return append(to, below(v)...)
	case stepDeep:
		to = append(to, v)
		for _, w := range below(v) {
			to = s.each(w, to)
		}
		return to
	case stepSlice:
		list, _ := v.([]any)
		from, end := bound(s.from, len(list)), len(list)
		if !s.open {
			end = bound(s.to, len(list))
		}
		return append(to, list[from:max(from, end)]...)
	}
	if w, ok := s.one(v); ok {
		to = append(to, w)
	}
	return to
}

// below lists an array's values, or an object's in the order of its keys.
func below(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case map[string]any:
		list := make([]any, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			list = append(list, v[k])
		}
		return list
	}
	return nil
}

func bound(i, n int) int {
	if i < 0 {
		i += n
	}
	return min(max(i, 0), n)
}
