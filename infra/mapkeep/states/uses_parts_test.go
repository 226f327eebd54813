package states_test

import (
	"fmt"
	"regexp"
	"strings"
)

// handlers are the retriers or the catchers of a state.
func (u uses) handlers(what string, list []any) {
	for _, handler := range list {
		for field, value := range handler.(map[string]any) {
			u[what+"."+field] = true
			switch {
			case field == "ErrorEquals":
				for _, name := range value.([]any) {
					u[fmt.Sprintf("%s takes %s", what, name)] = true
				}
			case field == "JitterStrategy" || field == "MaxAttempts" && value == 0.0:
				u[fmt.Sprintf("%s.%s %v", what, field, value)] = true
			default:
				u.field(what, field, value)
			}
		}
	}
}

func (u uses) rule(rule map[string]any) {
	for field, value := range rule {
		u["Choices."+field] = true
		switch value := value.(type) {
		case []any: // And, Or
			for _, inner := range value {
				u.rule(inner.(map[string]any))
			}
		case map[string]any: // Not
			u.rule(value)
		case bool:
			u[fmt.Sprintf("Choices.%s %v", field, value)] = true
		case string:
			if field == "Variable" || strings.HasSuffix(field, "Path") {
				u.expression("Choices."+field, value)
			}
		}
	}
}

// access is an ItemReader or a ResultWriter.
func (u uses) access(what string, fields map[string]any) {
	for field, value := range fields {
		switch field {
		case "Parameters":
			u.template(what+".Parameters", value)
		case "ReaderConfig":
			u.constants(field, value)
		default:
			u[fmt.Sprintf("%s.%s %v", what, field, value)] = true
		}
	}
}

func (u uses) constants(what string, value any) {
	for field, constant := range value.(map[string]any) {
		u[fmt.Sprintf("%s.%s %v", what, field, constant)] = true
	}
}

func (u uses) template(at string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, v := range value {
			if text, ok := v.(string); ok && strings.HasSuffix(key, ".$") {
				u.expression(at, text)
			} else {
				u.template(at, v)
			}
		}
	case []any:
		for _, v := range value {
			u.template(at, v)
		}
	}
}

var (
	function = regexp.MustCompile(`States\.\w+`)
	variable = regexp.MustCompile(`\${1,2}(?:[.\[][\w*'\]-]+)*`)
)

// expression notes the functions of an expression, the fields of the context
// object, and of other paths how deep they go.
func (u uses) expression(at, text string) {
	for _, name := range function.FindAllString(text, -1) {
		u[name] = true
	}
	for _, path := range variable.FindAllString(text, -1) {
		names := strings.Split(path, ".")
		switch {
		case names[0] == "$$" && len(names) > 2 && names[1] != "Map":
			u[at+" "+strings.Join(names[:3], ".")] = true
		case names[0] == "$$":
			u[at+" "+strings.Join(names[:min(4, len(names))], ".")] = true
		default:
			u[fmt.Sprintf("%s $ and %d names", at, min(2, len(names)-1))] = true
		}
	}
}
