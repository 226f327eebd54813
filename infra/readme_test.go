package infra_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// row is a line of the README's settings table: name and default.
var row = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ?(?:`([^`]*)`|(required)|) \\| (.+) \\|$")

// The README's settings table names every setting in order, with its default,
// and says which ones are fixed when the stack is made.
func TestTheReadmeNamesEverySetting(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "\n## Settings\n")
	table, _, _ = strings.Cut(table, "\n## ")
	var got, want [][3]string
	for _, r := range row.FindAllStringSubmatch(table, -1) {
		got = append(got, [3]string{r[1], r[2] + r[3], fixedWord(strings.Contains(r[4], "fixed when the stack is made"))})
	}
	for _, set := range backup.Names() {
		value := set.Default
		if set.Required {
			value = "required"
		}
		want = append(want, [3]string{set.Name, value, fixedWord(set.Fixed)})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the settings table of README.md (-want +got):\n%s", diff)
	}
}

func fixedWord(fixed bool) string {
	if fixed {
		return "fixed"
	}
	return "free"
}
