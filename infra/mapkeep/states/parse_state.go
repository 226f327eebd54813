package states

import "slices"

// state compiles one state.
func (b *builder) state(name string, v any) *node {
	f := b.form("state "+name, v)
	n := &node{name: name, kind: f.required("Type")}
	f.text("Comment")
	if n.kind != "Fail" {
		n.input, n.output = f.filter("InputPath"), f.filter("OutputPath")
	}
	n.grows = n.input != nil || n.output != nil
	if n.kind == "Pass" || n.kind == "Task" || n.kind == "Map" {
		n.grows, n.result = true, f.reference("ResultPath")
	}
	n.act = b.action(n, f)
	if n.kind == "Task" || n.kind == "Map" {
		n.selector = f.template("ResultSelector", place{})
		b.retries(n, f)
		b.catches(n, f)
	}
	if !slices.Contains([]string{"Choice", "Succeed", "Fail"}, n.kind) {
		b.transition(n, f)
	}
	f.end()
	return n
}

// action compiles what is a type's own.
func (b *builder) action(n *node, f *form) action {
	switch n.kind {
	case "Pass":
		return b.pass(n, f)
	case "Task":
		return b.task(n, f)
	case "Choice":
		return b.choice(n, f)
	case "Wait":
		return b.wait(f)
	case "Succeed":
		return succeed{}
	case "Fail":
		return b.fail(f)
	case "Map":
		return b.distributed(n, f)
	}
	f.add("unknown type %q", n.kind)
	return nil
}

// transition reads Next or End.
func (b *builder) transition(n *node, f *form) {
	v, _ := f.take("End")
	end, isBool := v.(bool)
	to := f.text("Next")
	switch {
	case f.has("End") && !isBool:
		f.add("End must be true or false")
	case end && f.has("Next"):
		f.add("Next and End")
	case !end && to == "":
		f.add("neither Next nor End")
	}
	b.link(f.at+": Next", n.name, to, func(next *node) { n.next = next })
}

func (b *builder) pass(n *node, f *form) action {
	n.params = f.template("Parameters", place{})
	p := pass{}
	if v, ok := f.take("Result"); ok {
		p.result = constant{v}
	}
	return p
}

func (b *builder) task(n *node, f *form) action {
	f.only("Resource", "arn:aws:states:::lambda:invoke")
	here := place{retries: true}
	n.params = f.template("Parameters", here)
	b.keys(f, "Parameters", []string{"FunctionName"}, []string{"Payload"})
	return task{f.wholeOr("TimeoutSeconds", 1, longestWait)}
}

// keys checks the keys of a template whose fields are known, with or without
// ".$".
func (b *builder) keys(f *form, name string, needed, more []string) {
	v, _ := f.take(name)
	g := b.form(f.at+": "+name, v)
	for _, key := range append(slices.Clone(needed), more...) {
		plain, okPlain := g.take(key)
		_, okMade := g.take(key + ".$")
		if slices.Contains(needed, key) && !okPlain && !okMade {
			g.add("%s is missing", key)
		}
		if _, isText := plain.(string); okPlain && !isText && key != "Payload" {
			g.add("%s must be a text", key)
		}
	}
	g.end()
}

func (b *builder) wait(f *form) action {
	given := 0
	for _, name := range []string{"Seconds", "SecondsPath", "Timestamp", "TimestampPath"} {
		given += b2i(f.has(name))
	}
	if given != 1 {
		f.add("one of Seconds, SecondsPath, Timestamp and TimestampPath is needed, got %d", given)
	}
	w := wait{seconds: f.wholeOr("Seconds", 0, longestWait)}
	w.until = f.either("Timestamp", func() expr {
		text := f.text("Timestamp")
		if _, ok := timestamp(text); !ok {
			f.add("Timestamp %q is no time as in 2026-11-23T18:00:00Z", text)
		}
		return constant{text}
	})
	return w
}

func (b *builder) fail(f *form) action {
	return fail{error: b.failText(f, "Error"), cause: b.failText(f, "Cause")}
}

// failText is a text, or under ...Path a path or an intrinsic function.
func (b *builder) failText(f *form, name string) expr {
	v, computed := f.take(name + "Path")
	text := f.text(name)
	switch {
	case f.has(name) && computed:
		f.add("%s and %sPath", name, name)
	case computed:
		return b.computed(f.at+": "+name+"Path", name+"Path", v, place{})
	case f.has(name):
		return constant{text}
	}
	return nil
}
