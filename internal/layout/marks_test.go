package layout_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/mapkeep/mapkeep/internal/layout"
)

func TestMarker(t *testing.T) {
	t.Parallel()
	if got := layout.Marker([6]byte{0, 1, 0xab, 0xcd, 0xef, 0xff}); got != "mapkeep-0001abcdefff" || !layout.IsMarker(got) {
		t.Errorf("Marker = %q, IsMarker %v; want mapkeep-0001abcdefff, true", got, layout.IsMarker(got))
	}
	for _, tag := range []string{"mapkeep", "mapkeep-0001abcdeff", "mapkeep-0001abcdefff0", "mapkeep-0001ABCDEFFF", "x mapkeep-0001abcdefff", "Mapkeep-0001abcdefff", "mapkeep-0001abcdefff\n"} {
		if layout.IsMarker(tag) {
			t.Errorf("IsMarker(%q) = true, want false", tag)
		}
	}
}

func TestExportTitle(t *testing.T) {
	t.Parallel()
	first := layout.ExportTitle("Trail Map", "_backup_", "bucket", run, id, 1)
	if !regexp.MustCompile(`^Trail Map_backup_[0-9a-f]{32}$`).MatchString(first) {
		t.Errorf("ExportTitle = %q, want title, suffix and 32 hex digits", first)
	}
	if got := layout.ExportTitle("Trail Map", "_backup_", "bucket", run, id, 1); got != first {
		t.Errorf("ExportTitle asked twice = %q, then %q", first, got)
	}
	if got, want := layout.ExportRun(first, "_backup_"), layout.RunHex("bucket", run); got != want || len(want) != 16 {
		t.Errorf("ExportRun(%q) = %q, want RunHex %q", first, got, want)
	}
	for what, other := range map[string]string{
		"another bucket":  layout.ExportTitle("Trail Map", "_backup_", "other", run, id, 1),
		"another run":     layout.ExportTitle("Trail Map", "_backup_", "bucket", run+"0", id, 1),
		"another item":    layout.ExportTitle("Trail Map", "_backup_", "bucket", run, id[1:]+"0", 1),
		"another attempt": layout.ExportTitle("Trail Map", "_backup_", "bucket", run, id, 2),
	} {
		if other == first {
			t.Errorf("ExportTitle of %s = %q, the same as of the first", what, other)
		}
	}
	// portals drop outer spaces and refuse < and >: a title that came back
	// changed could never be found again
	if got := layout.ExportTitle(" <b>/x ", "_", "b", run, id, 1); !strings.HasPrefix(got, "_b__x_") {
		t.Errorf("ExportTitle of an odd title = %q, want it made safe", got)
	}
}

func TestExportTitleAlways(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		title := rapid.OneOf(rapid.String(), rapid.Map(rapid.IntRange(0, 300), func(n int) string { return strings.Repeat("🌲", n) })).Draw(t, "title")
		suffix := rapid.StringMatching(`[a-z_🌲]{1,16}`).Draw(t, "suffix")
		got := layout.ExportTitle(title, suffix, "bucket", run, id, rapid.IntRange(1, 21).Draw(t, "attempt"))
		if n := len(utf16.Encode([]rune(got))); n > 250 || !utf8.ValidString(got) {
			t.Errorf("ExportTitle(%q, %q) = %q of %d UTF-16 units", title, suffix, got, n)
		}
		if !layout.Leftover(got, nil, suffix) {
			t.Errorf("Leftover(%q) = false for our own title", got)
		}
	})
}

func TestLeftover(t *testing.T) {
	t.Parallel()
	hex := strings.Repeat("0f", 16)
	tests := []struct {
		title  string
		tags   []string
		suffix string
		want   bool
	}{
		{"Trail Map", []string{"parks"}, "_backup_", false},
		{"Trail Map", []string{"parks", "mapkeep-0123456789ab"}, "_backup_", true},
		{"Trail Map_backup_" + hex, nil, "_backup_", true},
		{"_backup_" + hex, nil, "_backup_", true},
		{"Trail Map_backup_" + hex, nil, "_copy_", false},
		{"Trail Map_backup_" + hex[1:], nil, "_backup_", false},
		{"Trail Map_backup_" + strings.ToUpper(hex), nil, "_backup_", false},
		{"Trail Map_backup_" + hex + ".zip", nil, "_backup_", false},
		{"Trail Map" + hex, nil, "_backup_", false},
		{hex, nil, "_backup_", false},
		{"", nil, "_backup_", false},
		{"日本" + hex, nil, "本", true},
	}
	for _, tt := range tests {
		if got := layout.Leftover(tt.title, tt.tags, tt.suffix); got != tt.want {
			t.Errorf("Leftover(%q, %q, %q) = %v, want %v", tt.title, tt.tags, tt.suffix, got, tt.want)
		}
	}
}
