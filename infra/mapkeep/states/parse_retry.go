package states

import (
	"math"
	"slices"
	"strings"
)

func (b *builder) retries(n *node, f *form) {
	list := f.list("Retry")
	for i, v := range list {
		g := b.form(index(f.at+": Retry", i), v)
		g.text("Comment")
		r := retrier{
			names:   b.errorNames(g, i == len(list)-1),
			first:   float64(g.number("IntervalSeconds", 1, longestWait, 1)),
			most:    g.number("MaxAttempts", 0, longestWait, 3),
			rate:    g.decimal("BackoffRate", 1, math.MaxFloat64, 2),
			longest: float64(g.number("MaxDelaySeconds", 1, 31_622_400, 0)),
		}
		if r.longest > 0 && r.longest <= r.first {
			g.add("MaxDelaySeconds must be above IntervalSeconds")
		}
		switch s := g.text("JitterStrategy"); s {
		case "FULL":
			r.full = true
		case "NONE":
		default:
			if g.has("JitterStrategy") {
				g.add("JitterStrategy %q: only FULL and NONE are known", s)
			}
		}
		g.end()
		n.retry = append(n.retry, r)
	}
}

func (b *builder) catches(n *node, f *form) {
	list := f.list("Catch")
	n.catch = make([]catcher, len(list))
	for i, v := range list {
		g := b.form(index(f.at+": Catch", i), v)
		g.text("Comment")
		n.catch[i] = catcher{names: b.errorNames(g, i == len(list)-1), result: g.reference("ResultPath")}
		b.link(g.at+": Next", n.name, g.required("Next"), func(to *node) { n.catch[i].next = to })
		g.end()
	}
}

// errorNames reads ErrorEquals. States.ALL stands alone and in the last
// element of Retry or Catch.
func (b *builder) errorNames(f *form, last bool) []string {
	if !f.has("ErrorEquals") {
		f.add("ErrorEquals is missing")
	}
	names := []string{}
	for _, v := range f.list("ErrorEquals") {
		name, ok := v.(string)
		switch {
		case !ok || name == "":
			f.add("ErrorEquals holds names, got %s", encode(v))
		case strings.HasPrefix(name, "States.") && !slices.Contains(reserved, name):
			f.add("unknown error name %q", name)
		}
		names = append(names, name)
	}
	if slices.Contains(names, nameAll) && (len(names) > 1 || !last) {
		f.add("States.ALL must stand alone and last")
	}
	return names
}
