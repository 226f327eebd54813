package backup_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// A docket must stay below 32 KB, whatever portals say about an item.
func TestADocketStaysSmall(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("🌲", 256)
	d := backup.Docket{Title: long, Export: backup.Export{Title: strings.Repeat("語", 250)}, Previous: &backup.Previous{Manifest: strings.Repeat("<", 1024), Key: strings.Repeat("<", 1024)}}
	s := backup.Settings{MaxRetries: 20, ExportDelay: 1}
	for range 21 {
		d.Export.Temps = append(d.Export.Temps, backup.Temp{Item: strings.Repeat("0f", 16), Owner: strings.Repeat("o", 128)})
		d.ExportAnew(s, strings.Repeat("<é", 400))
	}
	written, err := json.Marshal(d)
	if err != nil || len(written) > 32<<10 {
		t.Errorf("docket after 21 attempts: %d bytes, %v; want at most %d", len(written), err, 32<<10)
	}
}

func TestWarn(t *testing.T) {
	t.Parallel()
	var d backup.Docket
	if got := d.Told(); got == nil || len(got) != 0 {
		t.Errorf("Told() of a new docket = %#v, want none and not nil", got)
	}
	d.Warn("short")
	for range 12 {
		d.Warn(strings.Repeat("é", 150))
	}
	got := d.Told()
	if len(got) != 11 || got[0] != "short" || got[10] != "3 more warnings are left out" {
		t.Errorf("Told() = %d texts, %q … %q; want 11, the last telling of 3 more", len(got), got[0], got[len(got)-1])
	}
	if want := strings.Repeat("é", 98) + "…"; got[1] != want {
		t.Errorf("a warning of 300 bytes = %q, want %q", got[1], want)
	}
}

func TestShare(t *testing.T) {
	t.Parallel()
	early, stop := backup.Share(t.Context(), 0.5)
	defer stop()
	if _, limited := early.Deadline(); limited {
		t.Error("Share of a call without a deadline has one, want none")
	}
	whole, stop := backup.Share(early, 1)
	stop()
	if whole.Err() == nil || early.Err() != nil {
		t.Errorf("after stop: the share %v, the call %v; want the share alone ended", whole.Err(), early.Err())
	}
	call, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	part, stop := backup.Share(call, 0.75)
	defer stop()
	end, _ := part.Deadline()
	if left := time.Until(end); left > 45*time.Minute || left < 44*time.Minute {
		t.Errorf("Share(an hour, 0.75) leaves %v, want 45 minutes", left)
	}
}
