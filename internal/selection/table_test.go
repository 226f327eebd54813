package selection

import (
	"strings"
	"testing"
)

// Inside the package: a type in two lists would have the way of whichever
// list the map was filled with last.
func TestEachTypeStandsOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, list := range [][]string{services, links, texts, textFiles, files} {
		for _, name := range list {
			if key := strings.ToLower(name); seen[key] {
				t.Errorf("type %q is in the table twice", name)
			} else {
				seen[key] = true
			}
		}
	}
	if len(seen) != len(kinds) {
		t.Errorf("kinds holds %d types, want %d", len(kinds), len(seen))
	}
}
