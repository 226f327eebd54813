package layout_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/layout"
)

func TestSafe(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, title, want string }{
		{"plain", "Trail Map", "Trail Map"},
		{"reserved characters", `a/b\c:d*e?f"g<h>i|j`, "a_b_c_d_e_f_g_h_i_j"},
		{"controls", "a\x00b\x1fc\x7fd\u0085e", "a_b_c_d_e"},
		{"separators of lines", "a\u2028b\u2029c", "a_b_c"},
		{"marks of direction", "\u200ea\u202eb\u2066c\u061c", "_a_b_c_"},
		{"composed", "e\u0301te\u0301", "été"},
		{"composed before replaced", "a<\u0338b", "a≮b"},
		{"dots and spaces outside", " ..a. b. .", "a. b"},
		{"no-break space stays", "\u00a0a", "\u00a0a"},
		{"nothing left", " . ", "untitled"},
		{"empty", "", "untitled"},
		{"replaced, not nothing", "/", "_"},
		{"120 bytes", strings.Repeat("a", 120), strings.Repeat("a", 120)},
		{"121 bytes", strings.Repeat("a", 121), strings.Repeat("a", 120)},
		{"cut at a rune", strings.Repeat("a", 119) + "é", strings.Repeat("a", 119)},
		{"cut, then trimmed", strings.Repeat("a", 117) + ". .b", strings.Repeat("a", 117)},
		{"four bytes a rune", strings.Repeat("🌲", 40), strings.Repeat("🌲", 30)},
		{"not UTF-8", "a\xffb", "a_b"},
		{"a device is only a device as a whole name", "CON", "CON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := layout.Safe(tt.title); got != tt.want {
				t.Errorf("Safe(%q) = %q, want %q", tt.title, got, tt.want)
			}
		})
	}
}

// checkSafe holds what a safe name promises, whatever it was made of.
func checkSafe(t interface {
	Helper()
	Errorf(string, ...any)
}, title string) {
	t.Helper()
	safe := layout.Safe(title)
	switch {
	case safe == "", len(safe) > 120, !utf8.ValidString(safe), strings.ContainsFunc(safe, backup.Unsafe), strings.Trim(safe, ". ") != safe, !norm.NFC.IsNormalString(safe):
		t.Errorf("Safe(%q) = %q of %d bytes, which is not safe", title, safe, len(safe))
	case layout.Safe(safe) != safe:
		t.Errorf("Safe(%q) = %q, whose own safe name is %q", title, safe, layout.Safe(safe))
	}
}

func TestSafeAlways(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		checkSafe(t, rapid.OneOf(rapid.String(), rapid.StringMatching(`[a. /\x{301}\x{338}\x{0}\x{1100}-\x{1112}\x{1161}-\x{1175}]{0,200}`)).Draw(t, "title"))
	})
}

func FuzzSafe(f *testing.F) {
	f.Add("Trail Map")
	f.Add(strings.Repeat("\u0301", 100))
	f.Add(" ./<\u0338\xff")
	f.Fuzz(func(t *testing.T, title string) { checkSafe(t, title) })
}

func TestFileName(t *testing.T) {
	t.Parallel()
	tests := []struct{ title, suffix, id, ext, want string }{
		{"Trail Map", "_backup_", id, "zip", "Trail Map_backup_" + id + ".zip"},
		{"Trail Map", "_backup_", id, "", "Trail Map_backup_" + id},
		{"Trail Map", "_backup_", id, "item.json", "Trail Map_backup_" + id + ".item.json"},
		{"", "_", id, "json", "untitled_" + id + ".json"},
		{"CON", "_", id, "json", "CON_" + id + ".json"},
		{"con.fig", "_", id, "json", "_con.fig_" + id + ".json"},
		{"aux .x", "_", id, "", "_aux .x_" + id},
		{"COM1", ".", id, "", "_COM1." + id},
		{"lpt³.x", "_", id, "", "_lpt³.x_" + id},
		{"conin$.x", "_", id, "", "_conin$.x_" + id},
		{"COM10.x", "_", id, "", "COM10.x_" + id},
		{"console.x", "_", id, "", "console.x_" + id},
	}
	for _, tt := range tests {
		if got := layout.FileName(tt.title, tt.suffix, tt.id, tt.ext); got != tt.want {
			t.Errorf("FileName(%q, %q, %q, %q) = %q, want %q", tt.title, tt.suffix, tt.id, tt.ext, got, tt.want)
		}
	}
	for _, odd := range []string{"", "a/b", "..", "a.b", strings.Repeat("a", 41), "é"} {
		a, b := layout.FileName("t", "_", odd, ""), layout.FileName("t", "_", odd+"x", "")
		if len(a) != len("t_")+32 || a == b || strings.ContainsAny(a[2:], "/.") {
			t.Errorf("FileName with the id %q = %q (and %q with another id), want 32 hex digits of its own", odd, a, b)
		}
	}
}

func TestFolderName(t *testing.T) {
	t.Parallel()
	tests := []struct {
		prefix, date string
		try          int
		want         string
	}{
		{"backup_", "2026-11-23", 0, "backup_2026-11-23"},
		{"backup_", "2026-11-23", 1, "backup_2026-11-23"},
		{"backup_", "2026-11-23", 2, "backup_2026-11-23-2"},
		{"backup_", "2026-11-23", 13, "backup_2026-11-23-13"},
		{"CON", "", 1, "_CON"},
		{"CON", "", 2, "CON-2"},
		{"nul.", "2026", 3, "_nul.2026-3"},
	}
	for _, tt := range tests {
		if got := layout.FolderName(tt.prefix, tt.date, tt.try); got != tt.want {
			t.Errorf("FolderName(%q, %q, %d) = %q, want %q", tt.prefix, tt.date, tt.try, got, tt.want)
		}
	}
}

func TestTagFolders(t *testing.T) {
	t.Parallel()
	tags := []string{"Parks", "parks", "PARKS", "a/b", "A:B", "manifest.json", "Manifest.JSON", "b_1.json", "b_1-2.json", "nul", "Straße", "STRASSE", "ΣΑΣ", "σας", "rest"}
	want := map[string]string{
		"Parks": "Parks", "parks": "Parks", "PARKS": "Parks",
		"a/b": "a_b", "A:B": "a_b",
		"manifest.json": "_manifest.json", "Manifest.JSON": "_manifest.json",
		"b_1.json": "_b_1.json", "b_1-2.json": "b_1-2.json",
		"nul": "_nul", "Straße": "Straße", "STRASSE": "STRASSE",
		"ΣΑΣ": "ΣΑΣ", "σας": "ΣΑΣ",
		"rest": "rest", "Rest": "rest",
	}
	if diff := cmp.Diff(want, layout.TagFolders(tags, "Rest", "b_1")); diff != "" {
		t.Errorf("TagFolders(%q) (-want +got):\n%s", tags, diff)
	}
}

func TestExtension(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.zip": "zip", "a.b.GeoJSON": "GeoJSON", "a.7z": "7z", ".gitignore": "gitignore", "a.tenletters": "tenletters",
		"": "", "a": "", "a.": "", "a.elevenchars": "", "a.b c": "", "a.é": "", "a.b/c": "", "a.zip ": "",
	} {
		if got := layout.Extension(name); got != want {
			t.Errorf("Extension(%q) = %q, want %q", name, got, want)
		}
	}
}
