// Package linters is where the linters of the field judge the stack, and what
// they leave out is checked.
//
// Its tests with the build tag judges ask cfn-lint, asl-validator, `sam
// validate` and actionlint. The checks here are for what none of them sees:
// each takes the text of a file and says in sentences what is wrong with it,
// nothing when it is sound. infra's tests hold our own files to them, and
// broken copies of those files (copies_test.go) show that every mistake made
// there is found by somebody.
package linters

import (
	"fmt"
	"slices"
)

// problems are what a check found.
type problems []string

func (p *problems) add(format string, args ...any) { *p = append(*p, fmt.Sprintf(format, args...)) }

// sorted gives each problem once, in an order that does not change.
func (p problems) sorted() []string {
	slices.Sort(p)
	return slices.Compact(p)
}

// at walks down keys; nil where there is nothing.
func at(tree any, keys ...string) any {
	for _, key := range keys {
		m, _ := tree.(map[string]any)
		tree = m[key]
	}
	return tree
}

// list is a value or a list of values as a list.
func list(value any) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{value}
}

// resources gives those of a type by their logical ids.
func resources(doc map[string]any, kind string) map[string]any {
	all, _ := doc["Resources"].(map[string]any)
	of := map[string]any{}
	for id, r := range all {
		if at(r, "Type") == kind {
			of[id] = at(r, "Properties")
		}
	}
	return of
}
