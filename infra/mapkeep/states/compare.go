package states

import (
	"cmp"
	"encoding/json"
)

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
