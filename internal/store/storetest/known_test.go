package storetest_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/store/storetest"
)

var update = flag.Bool("update", false, "write the tables of docs/s3.md anew")

const page = "../../../docs/s3.md"

// Every row of Known is about a case that is tried, and says all that it has to.
func TestKnownIsAboutCases(t *testing.T) {
	t.Parallel()
	names := map[string]int{}
	for _, c := range storetest.Cases() {
		names[c.Name]++
	}
	for name, n := range names {
		if n > 1 {
			t.Errorf("%d cases are called %q", n, name)
		}
	}
	seen := map[string]bool{}
	for _, d := range storetest.Known {
		row := fmt.Sprint(d.Server, ", ", d.Case)
		if names[d.Case] == 0 || seen[row] {
			t.Errorf("row %q is about a case that there is not, or stands twice", row)
		}
		seen[row] = true
		if len(d.Says) == 0 || slices.Contains(d.Says, "") || d.Reason == "" || d.Mapkeep == "" {
			t.Errorf("row %q lacks a part: %+v", row, d)
		}
	}
}

// docs/s3.md tells of every difference, and of no other; -update writes it.
func TestThePageTellsWhatIsKnown(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	want := string(text)
	for _, server := range []storetest.Server{storetest.MinIO, storetest.Versitygw, storetest.LocalStack} {
		head := fmt.Sprintf("\n### %s\n", server)
		before, rest, found := strings.Cut(want, head)
		_, after, more := strings.Cut(rest, "\n#")
		if more {
			after = "\n#" + after
		}
		if !found {
			t.Fatalf("%s has no part about %s", page, server)
		}
		want = before + head + table(server) + after
	}
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("%s (-want +got); run this test with -update:\n%s", page, diff)
	}
}

func table(server storetest.Server) string {
	var b strings.Builder
	b.WriteString("\n| case | the server | Mapkeep |\n|---|---|---|\n")
	for _, d := range storetest.Known {
		if d.Server == server {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", d.Case, d.Reason, d.Mapkeep)
		}
	}
	return b.String()
}
