package states

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"
)

// Parse reads a definition. Each ${Name} in it is first replaced by its
// value, as text, as CloudFormation does with DefinitionSubstitutions; so a
// definition need not be JSON before. All mistakes come at once, joined, each
// with the state and field it was found in: what is unknown, what points
// nowhere, what can't be reached, and names of values that are missing or not
// used.
func Parse(definition []byte, values map[string]string) (*Machine, error) {
	p := &parser{names: map[string]bool{}, labels: map[string]bool{}}
	top := p.readTop(p.substitute(string(definition), values))
	if top == nil {
		return nil, errors.Join(p.list...)
	}
	m := &Machine{}
	top.text("Comment")
	if v := top.text("Version"); v != "" && v != "1.0" {
		p.add(top.at, "Version %q: only 1.0 is known", v)
	}
	m.timeout = time.Duration(top.number("TimeoutSeconds", 1, longestWait, 0)) * time.Second
	m.flow = p.flow(top)
	top.end()
	if len(p.list) > 0 {
		return nil, errors.Join(p.list...)
	}
	return m, nil
}

// A parser collects what is wrong with one definition.
type parser struct {
	problems
	names  map[string]bool // of all states, children's too
	labels map[string]bool
}

var substitution = regexp.MustCompile(`\$\{([^{}]*)\}`)

func (p *parser) substitute(text string, values map[string]string) string {
	used := map[string]bool{}
	text = substitution.ReplaceAllStringFunc(text, func(whole string) string {
		name := whole[2 : len(whole)-1]
		value, ok := values[name]
		if !ok && !used[name] {
			p.add("", "%s has no value", whole)
		}
		used[name] = true
		if !ok {
			return "1" // stands for a text and for a number
		}
		return value
	})
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !used[name] {
			p.add("", "the value of ${%s} is not used", name)
		}
	}
	return text
}

func (p *parser) readTop(text string) *form {
	v, err := p.strict(text)
	if err != nil {
		p.add("", "%w", err)
		return nil
	}
	if _, ok := v.(map[string]any); !ok {
		p.add("", "the definition must be an object")
		return nil
	}
	return p.form("machine", v)
}

// A link is a Next, Default or StartAt that is resolved when all states of
// its flow are known.
type link struct {
	at, from, to string
	set          func(*node)
}

// A builder compiles the states of one flow.
type builder struct {
	*parser
	nodes map[string]*node
	links []link
}

// flow compiles StartAt and States of f.
func (p *parser) flow(f *form) *flow {
	b := &builder{parser: p, nodes: map[string]*node{}}
	out := &flow{}
	b.link(f.at+": StartAt", "", f.required("StartAt"), func(n *node) { out.start = n })
	all, _ := f.take("States")
	states, ok := all.(map[string]any)
	if !ok || len(states) == 0 {
		p.add(f.at, "States must be an object with at least one state")
	}
	for _, name := range slices.Sorted(maps.Keys(states)) {
		if p.names[name] {
			p.add("state "+name, "two states have this name")
		}
		if n := len([]rune(name)); n == 0 || n > 80 {
			p.add("state "+name, "a name has 1 to 80 characters")
		}
		p.names[name] = true
		b.nodes[name] = b.state(name, states[name])
	}
	b.resolve()
	return out
}

func (b *builder) link(at, from, to string, set func(*node)) {
	if to != "" {
		b.links = append(b.links, link{at, from, to, set})
	}
}

// resolve sets all links and finds the states that none leads to.
func (b *builder) resolve() {
	next := map[string][]string{}
	for _, l := range b.links {
		n, ok := b.nodes[l.to]
		if !ok {
			b.add(l.at, "there is no state %q here", l.to)
			continue
		}
		l.set(n)
		next[l.from] = append(next[l.from], l.to)
	}
	reached, todo := map[string]bool{}, []string{""}
	for len(todo) > 0 {
		from := todo[0]
		todo = todo[1:]
		for _, to := range next[from] {
			if !reached[to] {
				reached[to] = true
				todo = append(todo, to)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.nodes)) {
		if !reached[name] {
			b.add("state "+name, "no state leads here")
		}
	}
}

// problems is a list of mistakes, each with the place it was found at.
type problems struct{ list []error }

func (p *problems) add(at, format string, args ...any) {
	err := fmt.Errorf(format, args...)
	if at != "" {
		err = fmt.Errorf("%s: %w", at, err)
	}
	p.list = append(p.list, err)
}
