package states

import (
	"math"
	"strings"
	"unicode"
)

// distributed compiles a Map. Without ItemReader the items are at ItemsPath.
func (b *builder) distributed(n *node, f *form) action {
	m := &distributed{label: b.label(n, f), items: b.items(f)}
	m.selector = f.template("ItemSelector", place{items: true})
	m.concurrency = f.wholeOr("MaxConcurrency", 0, math.MaxInt32)
	m.count = f.wholeOr("ToleratedFailureCount", 0, math.MaxInt32)
	m.percentage = f.either("ToleratedFailurePercentage", func() expr {
		v, _ := f.take("ToleratedFailurePercentage")
		f.decimal("ToleratedFailurePercentage", 0, 100, 0)
		return constant{v}
	})
	m.writer = b.writer(f)
	processor, _ := f.take("ItemProcessor")
	g := b.form(f.at+": ItemProcessor", processor)
	g.text("Comment")
	config, _ := g.take("ProcessorConfig")
	c := b.form(g.at+": ProcessorConfig", config)
	c.only("Mode", "DISTRIBUTED")
	c.only("ExecutionType", "STANDARD")
	c.end()
	m.flow = b.flow(g)
	g.end()
	return m
}

// label is the Map's part of its children's ARNs; without one AWS invents
// it, here the state's name serves.
func (b *builder) label(n *node, f *form) string {
	label := f.text("Label")
	if !f.has("Label") {
		return n.name
	}
	bad := func(r rune) bool {
		return r > 0x7e || unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("?*<>{}[]:;,\\|^~$#%&`\"", r)
	}
	if label == "" || len(label) > 40 || strings.ContainsFunc(label, bad) {
		f.add("Label %q: 1 to 40 characters without blanks and signs", label)
	}
	if b.labels[label] {
		f.add("two Maps have the label %q", label)
	}
	b.labels[label] = true
	return label
}

func (b *builder) items(f *form) source {
	at := f.path("ItemsPath")
	v, ok := f.take("ItemReader")
	if !ok {
		if at == nil {
			at = &path{text: "$"}
		}
		return fromPath{at}
	}
	if f.has("ItemsPath") {
		f.add("ItemReader and ItemsPath")
	}
	g := b.form(f.at+": ItemReader", v)
	g.only("Resource", "arn:aws:states:::s3:getObject")
	out := fromObject{at: g.template("Parameters", place{})}
	b.keys(g, "Parameters", []string{"Bucket", "Key"}, nil)
	config, _ := g.take("ReaderConfig")
	c := b.form(g.at+": ReaderConfig", config)
	c.only("InputType", "JSON")
	out.most = c.number("MaxItems", 1, 100_000_000, 0)
	c.end()
	g.end()
	return out
}

// writer reads ResultWriter; nil where it is absent.
func (b *builder) writer(f *form) expr {
	v, ok := f.take("ResultWriter")
	if !ok {
		return nil
	}
	g := b.form(f.at+": ResultWriter", v)
	g.only("Resource", "arn:aws:states:::s3:putObject")
	at := g.template("Parameters", place{})
	b.keys(g, "Parameters", []string{"Bucket"}, []string{"Prefix"})
	g.end()
	return at
}
