package catalog_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
)

func TestLogIsReadBack(t *testing.T) {
	t.Parallel()
	n := theNight(t)
	info, items, err := catalog.ReadLog(bytes.NewReader(n.log(t)))
	if err != nil {
		t.Fatalf("ReadLog: %v", err)
	}
	if info.Run != n.run.ID || info.Failed != 2 || info.Bytes != 40001785 || !info.Finished.Equal(finished) {
		t.Errorf("ReadLog: info %+v", info)
	}
	if diff := cmp.Diff(n.info().Retention.Kept, info.Retention.Kept); diff != "" {
		t.Errorf("ReadLog: kept (-want +got):\n%s", diff)
	}
	got := []string{}
	for g, err := range items {
		if err != nil {
			t.Fatalf("ReadLog: items: %v", err)
		}
		got = append(got, fmt.Sprint(g.ID[31:], " ", g.Title, " ", g.Success, " ", g.Size))
	}
	want := []string{"1 Trail Map (2026) <new> & größer true 40000000", "2 Aerial true 0", "3 Bookmark true 333", "4 Hydrants false 0", "5 Oddity false 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ReadLog: items (-want +got):\n%s", diff)
	}
}

func TestLogInfoComesFirst(t *testing.T) {
	t.Parallel()
	whole := theNight(t).log(t)
	upToItems := whole[:bytes.Index(whole, []byte("\n    \"items\""))]
	tooFar := errors.New("read too far")
	info, items, err := catalog.ReadLog(io.MultiReader(bytes.NewReader(upToItems), errReader{tooFar}))
	if err != nil || info.User != "backup_robot" {
		t.Fatalf("ReadLog = %+v, %v", info, err)
	}
	for _, err := range items {
		if !errors.Is(err, tooFar) {
			t.Errorf("ReadLog: items: error %v, want %v", err, tooFar)
		}
	}
}

func TestLogItemsCanBeLeft(t *testing.T) {
	t.Parallel()
	_, items, err := catalog.ReadLog(bytes.NewReader(theNight(t).log(t)))
	if err != nil {
		t.Fatalf("ReadLog: %v", err)
	}
	told := 0
	for _, err := range items {
		if told++; err != nil {
			t.Errorf("ReadLog: items: %v", err)
		}
		break
	}
	if told != 1 {
		t.Errorf("ReadLog: %d items told after a break, want 1", told)
	}
}

func TestCutLogIsRefused(t *testing.T) {
	t.Parallel()
	whole := theNight(t).log(t)
	whole = whole[:bytes.Index(whole, []byte("\n    \"skipped\""))-2]
	for length := 0; length < len(whole); length += 7 {
		_, items, err := catalog.ReadLog(bytes.NewReader(whole[:length]))
		if err == nil {
			for _, one := range items {
				err = one
			}
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("ReadLog of the first %d of %d bytes: error %v, want unexpected EOF", length, len(whole), err)
		}
	}
}

func TestLogOfThePythonScript(t *testing.T) {
	t.Parallel()
	const old = `{"info": {"date": "2021-03-04", "directory": "backup_2021-03-04", "success": true, "total items": 2,
		"backed up items": 2, "size": 0.5}, "items": {"a": {"title": "Old", "size": 3}}}`
	info, items, err := catalog.ReadLog(strings.NewReader(old))
	if err != nil || info.Run != "" || info.BackedUp != 2 || info.Size != 0.5 {
		t.Errorf("ReadLog = %+v, %v", info, err)
	}
	for g, err := range items {
		if err != nil || g.ID != "a" || g.Title != "Old" {
			t.Errorf("ReadLog: item %+v, %v", g, err)
		}
	}
}

func TestOtherLogsAreRefused(t *testing.T) {
	t.Parallel()
	for _, log := range []string{``, `[]`, `{}`, `{"items":{}}`, `{"info":[]}`, `{"info":{"total items":"2"}}`} {
		if info, _, err := catalog.ReadLog(strings.NewReader(log)); err == nil {
			t.Errorf("ReadLog(%s) = %+v, want an error", log, info)
		}
	}
}

// A run that could not list anything still leaves a log, with every key.
func TestLogOfNothing(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	none := func(func(catalog.Line, error) bool) {}
	info := catalog.NewInfo(backup.Run{Started: finished}, backup.Listing{}, catalog.Summary{}, catalog.Ending{
		Status: backup.RunFailed, Error: "LoginRefused: sign in: wrong password", Finished: finished,
	})
	if err := catalog.WriteLog(&b, info, none, nil); err != nil {
		t.Fatalf("WriteLog: %v", err)
	}
	for _, want := range []string{
		`"success": false,`, `"error": "LoginRefused: sign in: wrong password",`, `"warnings": [],`, `"backup_tags": [],`,
		`"kept": [],`, `"expired": [],`, `"reason": {}`, "    \"items\": {},\n    \"skipped\": {}\n}\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("WriteLog of nothing: no %s in\n%s", want, b.String())
		}
	}
}

func TestLongWordsAreCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 20_000)
	listed := []string{"short", long}
	if catalog.NewInfo(backup.Run{}, backup.Listing{Warnings: listed}, catalog.Summary{}, catalog.Ending{}); listed[1] != long {
		t.Errorf("the listing's own warning was cut to %d bytes", len(listed[1]))
	}
	info := catalog.NewInfo(backup.Run{}, backup.Listing{Warnings: listed}, catalog.Summary{}, catalog.Ending{Error: long, Warnings: []string{long}})
	for _, got := range append(info.Warnings[1:], *info.Error) {
		if len(got) > 1000 || len(got) < 990 || !utf8.ValidString(got) || !strings.HasSuffix(got, "ä…") {
			t.Errorf("40,000 bytes became %d: %.20s … %s", len(got), got, got[max(0, len(got)-10):])
		}
	}
	if len(info.Warnings) != 3 || info.Warnings[0] != "short" {
		t.Errorf("got %d warnings, the first %.20s", len(info.Warnings), info.Warnings[0])
	}
}

func TestLogIsNotWritten(t *testing.T) {
	t.Parallel()
	n, lost := theNight(t), errors.New("record lost")
	var fail iter.Seq2[catalog.Line, error] = func(yield func(catalog.Line, error) bool) { yield(catalog.Line{}, lost) }
	if err := catalog.WriteLog(io.Discard, n.info(), fail, nil); !errors.Is(err, lost) {
		t.Errorf("WriteLog: %v, want %v", err, lost)
	}
	full := errors.New("disk full")
	if err := catalog.WriteLog(errWriter{full}, n.info(), n.lines(), nil); !errors.Is(err, full) {
		t.Errorf("WriteLog: %v, want %v", err, full)
	}
}

type errWriter struct{ err error }

func (e errWriter) Write([]byte) (int, error) { return 0, e.err }
