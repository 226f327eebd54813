package retention_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/retention"
)

var update = flag.Bool("update", false, "write the verdicts anew")

// TestTables reads the stories in testdata. A row is a folder: its name, the
// day it started, words about it; behind the arrow is the decision, which the
// test compares and -update rewrites. testdata/README explains the words.
func TestTables(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("stories: %v, %v", paths, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := retell(t, string(want))
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("Plan (-want +got):\n%s", diff)
			}
		})
	}
}

// retell tells the stories of a file again, with today's decisions.
func retell(t *testing.T, text string) string {
	stories := strings.Split(strings.TrimSpace(text), "\n\n")
	for i, s := range stories {
		stories[i] = story(t, s)
	}
	return strings.Join(stories, "\n\n") + "\n"
}

func story(t *testing.T, text string) string {
	var out, rows []string
	var runs []retention.Run
	var this retention.Run
	archive, now := 3, 100.0
	for _, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		switch words[0] {
		case "#":
			out = append(out, line)
		case "archive_number":
			archive, now = int(number(t, words[1])), number(t, words[3])
			out = append(out, line)
		default:
			row, _, _ := strings.Cut(line, "->")
			words := strings.Fields(row)
			r := parse(t, words)
			rows = append(rows, fmt.Sprintf("%-18s %3s  %s", words[0], words[1], strings.Join(words[2:], " ")))
			if runs = append(runs, r); r.Folder == "this" {
				this = r
			}
		}
	}
	decisions := map[string]retention.Decision{}
	for _, d := range retention.Plan(runs, this, archive, day(now)) {
		decisions[d.Folder] = d
	}
	for i, r := range runs {
		d := decisions[r.Folder]
		out = append(out, fmt.Sprintf("%-68s -> %-7s  %s", rows[i], d.Verdict, d.Reason))
	}
	return strings.Join(out, "\n")
}

// parse reads a row. Unless a word says otherwise a folder is a backup of the
// items tagged a in the organization o of the portal p.
func parse(t *testing.T, words []string) retention.Run {
	r := retention.Run{
		Folder: words[0], ID: words[0], HasManifest: true, Org: "o", Portal: "p",
		Selection: backup.Selection{BackupTags: []string{"a"}},
	}
	if words[1] != "?" {
		r.Started = day(number(t, words[1]))
	}
	for _, word := range words[2:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case backup.RunComplete, backup.RunPartial, backup.RunFailed:
			r.Status = key
		case "empty":
			r.Status, r.Empty = backup.RunComplete, true
		case "unreadable":
			r.Status = ""
		case "unfinished":
			r.HasManifest = false
		case "dead":
			r.Dead = true
		case "copied":
			r.Copied = true
		case "enterprise":
			r.Enterprise = true
		case "touched":
			r.Touched = day(number(t, value))
		case "mark":
			r.Mark = value
		case "org":
			r.Org = value
		case "portal":
			r.Portal = value
		case "tags":
			r.Selection.BackupTags = strings.FieldsFunc(value, func(c rune) bool { return c == ',' })
		case "types":
			r.Selection.BackupExcludeTypes = strings.Split(value, ",")
		case "items":
			r.Selection.BackupExcludeItems = strings.Split(value, ",")
		case "id":
			r.ID = value
		default:
			t.Fatalf("row %q: unknown word %q", words, word)
		}
	}
	return r
}

func number(t *testing.T, text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func day(n float64) time.Time {
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n * 24 * float64(time.Hour)))
}
