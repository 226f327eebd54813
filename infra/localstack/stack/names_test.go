//go:build localstack

package stack_test

import (
	"fmt"
	"slices"
	"strings"
)

const (
	account = "000000000000" // LocalStack's
	region  = "us-east-1"    // that of with-localstack
)

// ref is what Ref gives: a parameter's value, a resource's id, or one of
// AWS's own words.
func (w world) ref(name string) any {
	switch name {
	case "AWS::NoValue":
		return none{}
	case "AWS::AccountId":
		return account
	case "AWS::Partition":
		return "aws"
	case "AWS::Region":
		return region
	case "AWS::StackName":
		return w.stack
	}
	parameter, ok := at(w.doc, "Parameters", name).(map[string]any)
	if !ok {
		return w.id(name)
	}
	value := fmt.Sprint(parameter["Default"])
	if given, ok := w.parameters[name]; ok {
		value = given
	}
	if parameter["Type"] != "CommaDelimitedList" {
		return value
	}
	list := []any{}
	for _, part := range strings.Split(value, ",") {
		list = append(list, part)
	}
	return list
}

// attribute is what Fn::GetAtt gives, by AWS's forms of ARNs.
func (w world) attribute(resource, attribute string) string {
	id := w.id(resource)
	kind := at(w.doc, "Resources", resource, "Type")
	switch fmt.Sprint(kind, ".", attribute) {
	case "AWS::IAM::Role.Arn":
		return "arn:aws:iam::" + account + ":role/" + id
	case "AWS::S3::Bucket.Arn":
		return "arn:aws:s3:::" + id
	case "AWS::Logs::LogGroup.Arn":
		return "arn:aws:logs:" + region + ":" + account + ":log-group:" + id + ":*"
	case "AWS::Serverless::Function.Arn":
		return "arn:aws:lambda:" + region + ":" + account + ":function:" + id
	case "AWS::Serverless::StateMachine.Name":
		return id[strings.LastIndex(id, ":")+1:]
	}
	panic(fmt.Sprintf("this template's %s of a %v is not known here", attribute, kind))
}

// id is what Ref gives of a resource. One that was not made has an id that
// is nobody's.
func (w world) id(resource string) string {
	if id, ok := w.made[resource]["id"].(string); ok {
		return id
	}
	return "<" + resource + " was not made>"
}

// sub fills a text, "… ${Name} …" or [text, {Name: value}].
func (w world) sub(argument any) string {
	own := map[string]any{}
	if list, ok := argument.([]any); ok {
		argument, own = list[0], list[1].(map[string]any)
	}
	return expand(argument.(string), func(name string) string {
		if value, ok := own[name]; ok {
			return fmt.Sprint(w.value(value))
		}
		if resource, attribute, ok := strings.Cut(name, "."); ok {
			return w.attribute(resource, attribute)
		}
		return fmt.Sprint(w.ref(name))
	})
}

// expand replaces each ${Name}; $3F and the like of console links stay.
func expand(text string, by func(string) string) string {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "${")
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		out.WriteString(by(name))
		text = after
	}
}

// condition is a condition's value in this world.
func (w world) condition(name string) bool {
	return w.value(at(w.doc, "Conditions", name)) == true
}

// present are the names in a section of the template whose Condition holds.
func (w world) present(section string) []string {
	var names []string
	for name, one := range w.doc[section].(map[string]any) {
		if condition, ok := at(one, "Condition").(string); !ok || w.condition(condition) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// at walks into a decoded tree; nil where there is nothing.
func at(tree any, path ...string) any {
	for _, key := range path {
		m, _ := tree.(map[string]any)
		tree = m[key]
	}
	return tree
}
