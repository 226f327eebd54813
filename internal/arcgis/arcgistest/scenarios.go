package arcgistest

import (
	"fmt"
	"strconv"
	"strings"
)

// named are the scenarios that have a name, in the order in which Names
// gives them.
var named = []struct {
	name, says string
	build      func(*Scenario, []string) error
}{
	{"demo", "a small town: all well in the end, after two failed exports, a slow one and a throttle", demo},
	{"odd", "every odd name, tag, type and file that a portal can hold; all of it can be backed up", odd},
	{"many", "many:N[:1s] cheap items, 1,000 without N; with 1s every export takes a second of the clock", many},
	{"lookalike", "tags that a search takes for the right one, and four items that have the right one", lookalike},
	{"flaky", "resets, 5xx, lost answers, throttles and expired tokens in between; all well in the end", flaky},
	{"broken", "one item for each way of failing for good, and three good ones", broken},
	{"empty", "no item with the right tag, only tags that look like it", nothing},
}

// Names lists the scenarios that Named knows.
func Names() []string {
	var out []string
	for _, n := range named {
		out = append(out, n.name)
	}
	return out
}

// Named builds a scenario by its name; some take numbers after colons.
func Named(name string) (*Scenario, error) {
	words := strings.Split(name, ":")
	for _, n := range named {
		if n.name != words[0] {
			continue
		}
		s := NewScenario()
		s.Name, s.Says = name, n.says
		if err := n.build(s, words[1:]); err != nil {
			return nil, fmt.Errorf("scenario %q: %w", name, err)
		}
		return s, nil
	}
	return nil, fmt.Errorf("no scenario %q: there are %s", name, strings.Join(Names(), ", "))
}

// plainly refuses words after a name that takes none.
func plainly(words []string) error {
	if len(words) > 0 {
		return fmt.Errorf("it takes no %q", strings.Join(words, ":"))
	}
	return nil
}

// count reads word n, or gives a default.
func count(words []string, n, otherwise int) (int, error) {
	if len(words) <= n {
		return otherwise, nil
	}
	i, err := strconv.Atoi(words[n])
	if err == nil && i < 0 {
		err = fmt.Errorf("%d items", i)
	}
	return i, err
}
