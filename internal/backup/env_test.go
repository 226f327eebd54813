package backup_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/backup"
)

func environment(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := vars[name]
		return value, ok
	}
}

func TestFromEnv(t *testing.T) {
	t.Parallel()
	got, err := backup.FromEnv(environment(map[string]string{
		"BACKUP_DIRECTORY": "/gis/", "BACKUP_TAGS": `a,b\,c, d,a`, "DIRECTORY_TAGS": "", "UNCATEGORIZED_SAVE_TAG": "",
		"MAX_RETRIES": "0", "DELETE_BACKUP_ONLINE": "false", "ALLOW_EMPTY": "true", "PORTAL": "https://gis.example.com/portal/", "HOME": "/root",
	}))
	want := backup.Defaults()
	want.BackupDirectory, want.BackupTags, want.UncategorizedSaveTag = "gis", []string{"a", "b,c", " d"}, ""
	want.MaxRetries, want.DeleteBackupOnline, want.AllowEmpty, want.Portal = 0, false, true, "https://gis.example.com/portal"
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("FromEnv: err %v, settings (-want +got):\n%s", err, diff)
	}
}

func TestFromEnvOfNothingIsDefaults(t *testing.T) {
	t.Parallel()
	got, err := backup.FromEnv(environment(nil))
	if diff := cmp.Diff(backup.Defaults(), got); err != nil || diff != "" {
		t.Errorf("FromEnv: err %v, settings (-want +got):\n%s", err, diff)
	}
}

// The texts that Names says as defaults are what a template passes on.
func TestFromEnvOfDefaultsIsDefaults(t *testing.T) {
	t.Parallel()
	vars := map[string]string{}
	for _, set := range backup.Names() {
		vars[set.Variable] = set.Default
	}
	got, err := backup.FromEnv(environment(vars))
	if diff := cmp.Diff(backup.Defaults(), got); err != nil || diff != "" {
		t.Errorf("FromEnv(%v): err %v, settings (-want +got):\n%s", vars, err, diff)
	}
}

func TestFromEnvTellsAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	_, err := backup.FromEnv(environment(map[string]string{"MAX_RETRIES": "", "EXPORT_DELAY": "2.0", "MAX_CONCURRENCY": " 3", "ALLOW_EMPTY": "True", "BACKUP_TAGS": "a,,b"}))
	want := []string{
		`BACKUP_TAGS has nothing as element 2 of "a,,b": drop the extra comma`,
		`EXPORT_DELAY is "2.0": it must be a whole number in digits, as in 3`,
		`MAX_RETRIES is "": it must be a whole number in digits, as in 3`,
		`MAX_CONCURRENCY is " 3": it must be a whole number in digits, as in 3`,
		`ALLOW_EMPTY is "True": it must be true or false`,
	}
	if diff := cmp.Diff(want, texts(err)); diff != "" {
		t.Errorf("FromEnv mistakes (-want +got):\n%s", diff)
	}
}

func TestSplitList(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want []string // nil for an error
	}{
		{"", []string{}},
		{"a", []string{"a"}},
		{"a,b", []string{"a", "b"}},
		{" a , b ", []string{" a ", " b "}},
		{`a\,b,c`, []string{"a,b", "c"}},
		{`\,`, []string{","}},
		{`a\b\\,c`, []string{`a\b\,c`}},
		{`a\`, []string{`a\`}},
		{"ü,日本", []string{"ü", "日本"}},
		{",", nil},
		{"a,", nil},
		{",a", nil},
		{"a,,b", nil},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			got, err := backup.SplitList(tt.text)
			if diff := cmp.Diff(tt.want, got); diff != "" || (err != nil) != (tt.want == nil) {
				t.Errorf("SplitList(%q) = %q, %v; want %q", tt.text, got, err, tt.want)
			}
		})
	}
}

// Splitting brings back every list whose commas were escaped, except values
// that end in a backslash, which a comma behind them would join.
func FuzzSplitList(f *testing.F) {
	f.Add("a", "b,c")
	f.Add(`x\y`, ",")
	f.Fuzz(func(t *testing.T, a, b string) {
		if a == "" || b == "" || strings.HasSuffix(a, `\`) {
			return
		}
		escape := strings.NewReplacer(",", `\,`)
		text := escape.Replace(a) + "," + escape.Replace(b)
		if got, err := backup.SplitList(text); err != nil || !cmp.Equal(got, []string{a, b}) {
			t.Errorf("SplitList(%q) = %q, %v; want %q", text, got, err, []string{a, b})
		}
	})
}
