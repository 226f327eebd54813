package states

import (
	"maps"
	"slices"
	"strings"
)

func (b *builder) choice(n *node, f *form) action {
	c := &choice{}
	if !f.has("Choices") {
		f.add("Choices is missing")
	}
	list := f.list("Choices")
	c.branches = make([]branch, len(list))
	for i, v := range list {
		g := b.form(index(f.at+": Choices", i), v)
		b.link(g.at+": Next", n.name, g.required("Next"), func(to *node) { c.branches[i].next = to })
		c.branches[i].rule = b.rule(g)
	}
	b.link(f.at+": Default", n.name, f.text("Default"), func(to *node) { c.otherwise = to })
	return c
}

// rule compiles a rule and reports the fields that it does not know.
func (b *builder) rule(f *form) rule {
	f.text("Comment")
	defer f.end()
	for _, name := range []string{"And", "Or"} {
		if f.has(name) {
			rules := several{until: name == "Or"}
			for i, v := range f.list(name) {
				rules.rules = append(rules.rules, b.rule(b.form(index(f.at+"."+name, i), v)))
			}
			return rules
		}
	}
	if v, ok := f.take("Not"); ok {
		return not{b.rule(b.form(f.at+".Not", v))}
	}
	return b.test(f)
}

// test compiles Variable with its one operator.
func (b *builder) test(f *form) rule {
	f.required("Variable")
	variable := f.path("Variable")
	found := rule(nil)
	for _, name := range slices.Sorted(maps.Keys(f.m)) {
		r := b.operation(f, variable, name, f.m[name])
		if r != nil && found != nil {
			f.add("a rule has one operator")
		}
		if r != nil {
			found = r
		}
	}
	if found == nil {
		f.add("a rule needs an operator")
		return present{}
	}
	return found
}

// operation is the rule that a field stands for; nil when it is none.
func (b *builder) operation(f *form, variable *path, name string, operand any) rule {
	if name == "IsPresent" {
		return present{variable, b.truth(f, name)}
	}
	if is, ok := kinds[name]; ok {
		f.take(name)
		return comparison{variable, constant{b.truth(f, name)}, func(a, want any) bool { return is(a) == want }}
	}
	if name == "StringMatches" {
		return comparison{variable, constant{f.text(name)}, stringMatches}
	}
	plain, isPath := strings.CutSuffix(name, "Path")
	test, kind, ok := operator(plain)
	if !ok {
		return nil
	}
	if isPath {
		if p := f.path(name); p != nil {
			return comparison{variable, p, test}
		}
		return present{}
	}
	f.take(name)
	if _, fits := typed[kind](operand, operand); !fits {
		f.add("%s can't take %s", name, encode(operand))
	}
	return comparison{variable, constant{operand}, test}
}

func (b *builder) truth(f *form, name string) bool {
	v, _ := f.take(name)
	want, ok := v.(bool)
	if !ok {
		f.add("%s must be true or false", name)
	}
	return want
}
