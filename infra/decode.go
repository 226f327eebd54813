package infra

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Decode reads a CloudFormation template as JSON would hold it: CloudFormation's
// short forms are spelt out, so !Ref X is {"Ref": "X"} and !Sub "…" is
// {"Fn::Sub": "…"}. Inside braces the YAML reader stumbles over colons in names
// and over a tag within a tag: such a mapping has to stand on lines of its own,
// and one that was misread is refused where it shows.
func Decode(template []byte) (map[string]any, error) {
	file, err := parser.ParseBytes(template, 0)
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	if len(file.Docs) != 1 {
		return nil, fmt.Errorf("read template: %d documents, not one", len(file.Docs))
	}
	tree, err := spellOut(file.Docs[0].Body)
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	doc, ok := tree.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("read template: it is a %T, not a mapping", tree)
	}
	return doc, nil
}

// spellOut turns a node into maps, lists and scalars.
func spellOut(node ast.Node) (any, error) {
	switch n := node.(type) {
	case nil: // a key or a document with nothing after it
		return nil, nil
	case *ast.TagNode:
		value, err := spellOut(n.Value)
		return longForm(n.Start.Value, value), err
	case *ast.MappingNode:
		m := map[string]any{}
		for _, pair := range n.Values {
			value, err := spellOut(pair.Value)
			if err != nil {
				return nil, err
			}
			key := pair.Key.GetToken().Value
			if strings.HasPrefix(key, "!") {
				return nil, fmt.Errorf("line %d: %s inside braces was read as a name", pair.Key.GetToken().Position.Line, key)
			}
			m[key] = value
		}
		return m, nil
	case *ast.SequenceNode:
		list := make([]any, len(n.Values))
		for i, one := range n.Values {
			value, err := spellOut(one)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	}
	var scalar any
	err := yaml.NodeToValue(node, &scalar)
	return scalar, err
}

// longForm is a function as JSON writes it, by its tag in YAML.
func longForm(tag string, value any) map[string]any {
	switch name := strings.TrimPrefix(tag, "!"); name {
	case "Ref", "Condition":
		return map[string]any{name: value}
	case "GetAtt":
		if text, ok := value.(string); ok {
			resource, attribute, _ := strings.Cut(text, ".")
			value = []any{resource, attribute}
		}
		fallthrough
	default:
		return map[string]any{"Fn::" + name: value}
	}
}

// withDefaults puts the defaults of the template's parameters in the place of
// references to them.
func withDefaults(doc map[string]any) any {
	parameters, _ := doc["Parameters"].(map[string]any)
	var walk func(any) any
	walk = func(tree any) any {
		switch t := tree.(type) {
		case map[string]any:
			if name, ok := t["Ref"].(string); ok && len(t) == 1 {
				if p, ok := parameters[name].(map[string]any); ok {
					return p["Default"]
				}
			}
			m := make(map[string]any, len(t))
			for k, v := range t {
				m[k] = walk(v)
			}
			return m
		case []any:
			list := make([]any, len(t))
			for i, v := range t {
				list[i] = walk(v)
			}
			return list
		}
		return tree
	}
	return walk(doc)
}
