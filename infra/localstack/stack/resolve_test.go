//go:build localstack

package stack_test

import (
	"fmt"
	"strings"

	"github.com/mapkeep/mapkeep/infra/localstack"
)

// A world is a template with everything that its functions can refer to:
// parameters, and what was made. It reads CloudFormation's functions by
// itself, so that LocalStack's reading is compared with another one.
type world struct {
	stack      string
	parameters map[string]string // those that were given
	doc        map[string]any    // the template, decoded
	made       localstack.Made
	dir        string // that was deployed
}

// none is AWS::NoValue: whatever holds it is left out.
type none struct{}

// value resolves a tree of the template.
func (w world) value(tree any) any {
	switch t := tree.(type) {
	case map[string]any:
		if name, argument, ok := function(t); ok {
			return w.call(name, argument)
		}
		m := map[string]any{}
		for k, v := range t {
			if v = w.value(v); v != (none{}) {
				m[k] = v
			}
		}
		return m
	case []any:
		list := []any{}
		for _, v := range t {
			if v = w.value(v); v != (none{}) {
				list = append(list, v)
			}
		}
		return list
	}
	return tree
}

// function tells a call of CloudFormation's, {"Fn::If": [...]}, from a mapping.
func function(m map[string]any) (name string, argument any, ok bool) {
	if len(m) != 1 {
		return "", nil, false
	}
	for k, v := range m {
		name, argument = k, v
	}
	_, text := argument.(string)
	return name, argument, strings.HasPrefix(name, "Fn::") || name == "Ref" && text
}

func (w world) call(name string, argument any) any {
	switch name {
	case "Ref":
		return w.ref(argument.(string))
	case "Fn::Sub":
		return w.sub(argument)
	}
	list := argument.([]any)
	switch name {
	case "Fn::GetAtt":
		return w.attribute(list[0].(string), list[1].(string))
	case "Fn::If":
		if w.condition(list[0].(string)) {
			return w.value(list[1])
		}
		return w.value(list[2])
	case "Fn::Equals":
		return fmt.Sprint(w.value(list[0])) == fmt.Sprint(w.value(list[1]))
	case "Fn::Not":
		return w.value(list[0]) != true
	case "Fn::Join":
		var parts []string
		for _, part := range w.value(list[1]).([]any) {
			parts = append(parts, fmt.Sprint(part))
		}
		return strings.Join(parts, list[0].(string))
	case "Fn::FindInMap":
		return at(w.doc, "Mappings", list[0].(string), fmt.Sprint(w.value(list[1])), list[2].(string))
	}
	panic("this template's " + name + " is not known here")
}
