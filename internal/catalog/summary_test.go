package catalog_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
)

// Letters stand for records: g good, c copied, f failed, x gone.
func summarize(records string) catalog.Summary {
	var s catalog.Summary
	for _, letter := range records {
		r := backup.Record{Success: letter == 'g' || letter == 'c', Gone: letter == 'x', Way: backup.ByFile}
		if letter == 'c' {
			r.Way = backup.ByCopy
		}
		s.Add(r)
	}
	return s
}

func TestStatus(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		records       string
		broken, empty bool
		want          string
	}{
		{"gcg", false, false, backup.RunComplete},
		{"gxg", false, false, backup.RunComplete},
		{"gfg", false, false, backup.RunPartial},
		{"ff", false, false, backup.RunFailed},
		{"fx", false, true, backup.RunFailed},
		{"gg", true, false, backup.RunFailed},
		{"", false, false, backup.RunFailed},
		{"", false, true, backup.RunComplete},
		{"", true, true, backup.RunFailed},
		{"xx", false, false, backup.RunFailed},
		{"xx", false, true, backup.RunComplete},
	} {
		s := summarize(test.records)
		if got := s.Status(test.broken, test.empty); got != test.want {
			t.Errorf("records %q: Status(%v, %v) = %s, want %s", test.records, test.broken, test.empty, got, test.want)
		}
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	want := catalog.Counts{Total: 5, BackedUp: 3, Failed: 2, Unchanged: 1, Skipped: 1}
	if got := summarize("gcfgxf").Counts; got != want {
		t.Errorf("Counts = %+v, want %+v", got, want)
	}
}

func TestCauseNamesTheFirst(t *testing.T) {
	t.Parallel()
	s := summarize(strings.Repeat("f", 40) + "g")
	cause := catalog.Cause(s, backup.RunPartial, "", "gis/a/a.json")
	if n := strings.Count(cause, "\n"); n != 26 || !strings.HasSuffix(cause, "\nand 15 more, see the log") {
		t.Errorf("Cause of 40 failed items has %d lines behind the first:\n%s", n, cause)
	}
	cause = catalog.Cause(catalog.Summary{}, backup.RunFailed, "BadSettings: backup_tags is empty", "")
	if want := "failed: 0 of 0 items failed, 0 backed up (0 unchanged), 0 skipped; BadSettings: backup_tags is empty; no log"; cause != want {
		t.Errorf("Cause = %s\nwant    %s", cause, want)
	}
}

func TestCauseFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		long := rapid.Map(rapid.String(), func(s string) string { return strings.Repeat(s+"ü\xff", 400) })
		var s catalog.Summary
		for range rapid.IntRange(0, 60).Draw(t, "failed") {
			s.Add(backup.Record{ID: "id", Title: long.Draw(t, "title"), Failure: backup.Failure{Error: "ExportFailed", Cause: long.Draw(t, "cause")}})
		}
		cause := catalog.Cause(s, backup.RunFailed, long.Draw(t, "failure"), "gis/a/a.json")
		if len(cause) > 32000 || !utf8.ValidString(cause) || !strings.Contains(cause, "log: gis/a/a.json") {
			t.Fatalf("Cause: %d bytes, valid %v:\n%s", len(cause), utf8.ValidString(cause), cause)
		}
	})
}
