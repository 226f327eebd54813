package linters

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep/infra"
	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

// The values that a template's parameters may give to the machine.
const (
	Usual = "Default"
	Least = "MinValue"
	Most  = "MaxValue"
)

// Machine says what is wrong with a machine once a template has filled it in.
// Our own interpreter reads it with the usual, the least and the most that the
// template's parameters let through: what points nowhere, can't be reached,
// is unknown, stands in the wrong place, has no value or is not used. Then
// come retriers that never get a turn, Choices that may find no way on, and
// tasks that call no function, and Maps whose children the template gives no rights.
func Machine(template, machine []byte) []string {
	doc, err := infra.Decode(template)
	if err != nil {
		return []string{err.Error()}
	}
	var p problems
	for _, which := range []string{Usual, Least, Most} {
		if _, err := states.Parse(machine, values(doc, which)); err != nil {
			for line := range strings.Lines(err.Error()) {
				p.add("with each parameter's %s: %s", which, strings.TrimSpace(line))
			}
		}
		if len(p) > 0 {
			return p.sorted()
		}
	}
	var top flow
	if err := json.Unmarshal(Fill(machine, values(doc, Usual)), &top); err != nil {
		return []string{err.Error()}
	}
	p.flow(top)
	p.labels(top, template)
	return p.sorted()
}

// Values gives what a template fills its machine in with: numbers as a
// parameter's Usual, Least or Most is, and names and ARNs as AWS makes them.
func Values(template []byte, which string) (map[string]string, error) {
	doc, err := infra.Decode(template)
	if err != nil {
		return nil, err
	}
	return values(doc, which), nil
}

func values(doc map[string]any, which string) map[string]string {
	all := map[string]string{}
	for _, machine := range resources(doc, "AWS::Serverless::StateMachine") {
		substitutions, _ := at(machine, "DefinitionSubstitutions").(map[string]any)
		for name, reference := range substitutions {
			all[name] = value(doc, reference, which)
		}
	}
	return all
}

func value(doc map[string]any, reference any, which string) string {
	id := target(reference)
	if at(reference, "Fn::GetAtt") != nil {
		return lambda + id
	}
	parameter := at(doc, "Parameters", id)
	for _, key := range []string{which, Usual} {
		if v := at(parameter, key); v != nil {
			return fmt.Sprint(v)
		}
	}
	return strings.ToLower(id)
}

const lambda = "arn:aws:lambda:us-east-1:123456789012:function:"

// Fill puts values in the place of ${Name}, as CloudFormation does; a name
// without a value stays.
func Fill(machine []byte, values map[string]string) []byte {
	return blank.ReplaceAllFunc(machine, func(whole []byte) []byte {
		if v, ok := values[string(whole[2:len(whole)-1])]; ok {
			return []byte(v)
		}
		return whole
	})
}

var blank = regexp.MustCompile(`\$\{\w+\}`)

// A flow is what of a machine is looked at once more.
type flow struct {
	States map[string]struct {
		Type, Default string
		Label         string
		Parameters    struct{ FunctionName string }
		Retry         []struct{ ErrorEquals []string }
		ItemProcessor flow
	}
}

func (p *problems) flow(f flow) {
	for name, s := range f.States {
		if s.Type == "Choice" && s.Default == "" {
			p.add("state %s has no Default: data that no rule knows would end the execution", name)
		}
		if s.Type == "Task" && !strings.HasPrefix(s.Parameters.FunctionName, lambda) {
			p.add("state %s calls %q, which is no function of the template", name, s.Parameters.FunctionName)
		}
		var seen []string
		for _, r := range s.Retry {
			for _, e := range r.ErrorEquals {
				if slices.Contains(seen, e) {
					p.add("state %s: the retrier of %s comes after another one of it, and never gets a turn", name, e)
				}
			}
			seen = append(seen, r.ErrorEquals...)
		}
		p.flow(s.ItemProcessor)
	}
}

// labels are a part of the ARNs of a Map's children, by which the template
// gives the machine its rights to them.
func (p *problems) labels(f flow, template []byte) {
	var labels, named []string
	for _, s := range f.States {
		if s.Type == "Map" {
			labels = append(labels, s.Label)
		}
	}
	for _, match := range children.FindAllSubmatch(template, -1) {
		named = append(named, string(match[1]))
	}
	for _, label := range labels {
		if !slices.Contains(named, label) {
			p.add("no right in the template names the children of the Map with the label %q", label)
		}
	}
	for _, label := range named {
		if !slices.Contains(labels, label) {
			p.add("the template gives rights to the children of a Map with the label %q, and there is none", label)
		}
	}
}

var children = regexp.MustCompile(`:execution:\$\{\w+\.Name\}/([^:"]*):\*`)
