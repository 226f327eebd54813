package backup_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// set is tagged with one change.
func set(change func(*backup.Settings)) backup.Settings {
	s := tagged()
	change(&s)
	return s
}

func TestCheckTexts(t *testing.T) {
	t.Parallel()
	directory := func(v string) backup.Settings { return set(func(s *backup.Settings) { s.BackupDirectory = v }) }
	prefix := func(v string) backup.Settings { return set(func(s *backup.Settings) { s.BackupDirectoryPrefix = v }) }
	suffix := func(v string) backup.Settings { return set(func(s *backup.Settings) { s.BackupFileSuffix = v }) }
	rest := func(v string) backup.Settings { return set(func(s *backup.Settings) { s.UncategorizedSaveTag = v }) }
	date := func(v string) backup.Settings { return set(func(s *backup.Settings) { s.DateFormat = v }) }
	zone := func(v string) backup.Settings { return set(func(s *backup.Settings) { s.TimeZone = v }) }
	tests := []struct {
		name     string
		settings backup.Settings
		want     string // "" for settings that are good
	}{
		{"directory of 400 bytes", directory(strings.Repeat("x", 400)), ""},
		{"directory of 401 bytes", directory(strings.Repeat("x", 401)), "backup_directory has 401 bytes: at most 400 are allowed"},
		{"directory a/b c/ü", directory("a/b c/ü"), ""},
		{"directory a//b", directory("a//b"), `backup_directory is "a//b": write one slash instead of two`},
		{"directory a/./b", directory("a/./b"), `backup_directory is "a/./b": "." can't be one of its folders`},
		{"directory ..", directory(".."), `backup_directory is "..": ".." can't be one of its folders`},
		{"directory with a line break", directory("a\nb"), `backup_directory is "a\nb": it must hold no control character`},
		{"directory not UTF-8", directory("\xff"), "backup_directory is not UTF-8: save it as UTF-8"},
		{"directory of working files", directory(".mapkeep/runs"), `backup_directory is ".mapkeep/runs": .mapkeep holds working files, take another folder`},
		{"directory deeper", directory("a/.mapkeep"), ""},

		{"prefix empty", prefix(""), ""},
		{"prefix of 64 bytes", prefix(strings.Repeat("x", 64)), ""},
		{"prefix of 65 bytes", prefix(strings.Repeat("x", 65)), `backup_directory_prefix is "` + strings.Repeat("x", 65) + `", of 65 bytes: at most 64 are allowed`},
		{"prefix with a slash", prefix("a/"), `backup_directory_prefix is "a/": '/' can't be part of a name, take another character`},
		{"prefix with a space first", prefix(" a"), `date_format makes, after backup_directory_prefix, the folder name " a2026-09-23": it must not begin or end with a dot or a space`},

		{"suffix empty", suffix(""), "backup_file_suffix is empty: give it at least 1 byte"},
		{"suffix of 64 bytes", suffix(strings.Repeat("x", 64)), ""},
		{"suffix of 65 bytes", suffix(strings.Repeat("x", 65)), `backup_file_suffix is "` + strings.Repeat("x", 65) + `", of 65 bytes: at most 64 are allowed`},
		{"suffix with a colon", suffix("a:b"), `backup_file_suffix is "a:b": ':' can't be part of a name, take another character`},
		{"suffix with a mark of direction", suffix("a\u202eb"), `backup_file_suffix is "a\u202eb": '\u202e' can't be part of a name, take another character`},

		{"uncategorized empty", rest(""), "uncategorized_save_tag is empty: give it at least 1 byte"},
		{"uncategorized with a star", rest("a*"), `uncategorized_save_tag is "a*": '*' can't be part of a name, take another character`},
		{"uncategorized with a dot at the end", rest("etc."), `uncategorized_save_tag is "etc.": a folder's name must not begin or end with a dot or a space`},

		{"date empty", date(""), ""},
		{"date with a time", date("%Y-%m-%dT%H%M%S.%f%z"), ""},
		{"date with a colon", date("%H:%M"), `date_format is "%H:%M", which would put ':' into a folder's name: take another character`},
		{"date with a slash", date("%Y/%m"), `date_format is "%Y/%m", which would put '/' into a folder's name: take another character`},
		{"date with %U", date("%Y-%U"), `date_format is "%Y-%U", where %U is not known: use %Y %m %d %H %M %S %y %b %B %j %a %A %p %I %f %Z %z %%`},
		{"date with a flag", date("%-d"), `date_format is "%-d", where %- is not known: use %Y %m %d %H %M %S %y %b %B %j %a %A %p %I %f %Z %z %%`},
		{"date with a lone %", date("%Y%"), `date_format is "%Y%", which ends in a lone %: write %% for a per cent sign`},
		{"date with a dot at the end", date("%Y."), `date_format makes, after backup_directory_prefix, the folder name "backup_2026.": it must not begin or end with a dot or a space`},
		{"date not UTF-8", date("\xff"), "date_format is not UTF-8: save it as UTF-8"},
		{"date too long on some days", date(strings.Repeat("%A", 8)), `date_format is "%A%A%A%A%A%A%A%A", which makes a date of 72 bytes: at most 64 are allowed`},
		{"no name at all", set(func(s *backup.Settings) { s.BackupDirectoryPrefix, s.DateFormat = "", "" }), "date_format is empty, and so is backup_directory_prefix: a run's folder needs a name, write one of the two"},
		{"the folder of working files as a run's folder", set(func(s *backup.Settings) { s.BackupDirectoryPrefix, s.DateFormat = ".map", "keep" }), `date_format makes, after backup_directory_prefix, the folder name ".mapkeep": it must not begin or end with a dot or a space`},

		{"zone Asia/Kathmandu", zone("Asia/Kathmandu"), ""},
		{"zone empty", zone(""), `time_zone is "": it must be an IANA name, as in Europe/Berlin`},
		{"zone Local", zone("Local"), `time_zone is "Local": it must be an IANA name, as in Europe/Berlin`},
		{"zone CEST", zone("CEST"), `time_zone is "CEST", which is not a known IANA name: write it as in Europe/Berlin`},
		{"zone as a path", zone("../etc/passwd"), `time_zone is "../etc/passwd", which is not a known IANA name: write it as in Europe/Berlin`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantMistake(t, tt.settings, tt.want)
		})
	}
}

func TestCheckNumbers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		field       func(*backup.Settings) *int
		least, most int
	}{
		{"export_delay", func(s *backup.Settings) *int { return &s.ExportDelay }, 1, 299},
		{"max_retries", func(s *backup.Settings) *int { return &s.MaxRetries }, 0, 20},
		{"export_timeout", func(s *backup.Settings) *int { return &s.ExportTimeout }, 60, 259200},
		{"max_concurrency", func(s *backup.Settings) *int { return &s.MaxConcurrency }, 1, 1000},
		{"archive_number", func(s *backup.Settings) *int { return &s.ArchiveNumber }, 0, -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			check := func(n int) error {
				return set(func(s *backup.Settings) { *tt.field(s) = n }).Check()
			}
			good, bad := []int{tt.least, tt.most}, []int{tt.least - 1, tt.most + 1}
			if tt.most < 0 {
				good, bad = []int{tt.least, 1 << 40}, []int{tt.least - 1}
			}
			for _, n := range good {
				if err := check(n); err != nil {
					t.Errorf("Check with %s %d = %v, want nil", tt.name, n, err)
				}
			}
			for _, n := range bad {
				if err := check(n); err == nil || !strings.HasPrefix(err.Error(), tt.name+" is ") {
					t.Errorf("Check with %s %d = %v, want it refused", tt.name, n, err)
				}
			}
		})
	}
}

func TestCheckAddresses(t *testing.T) {
	t.Parallel()
	portal := func(v string) backup.Settings { return set(func(s *backup.Settings) { s.Portal = v }) }
	hosts := func(v string) backup.Settings { return set(func(s *backup.Settings) { s.TrustedHosts = []string{v} }) }
	good := []backup.Settings{
		portal("https://www.arcgis.com"), portal("HTTPS://gis.example.com:7443/portal"), portal("https://10.0.0.7/arcgis"),
		portal("http://localhost:8080"), portal("http://127.8.8.8"), portal("http://[::1]:99/p"), portal("https://[2001:db8::1]"),
		hosts("gis.example.com"), hosts("gis.example.com:6443"), hosts("localhost"), hosts("10.0.0.7:1"), hosts("[2001:db8::1]:443"), hosts("xn--mller-kva.example"),
	}
	for _, s := range good {
		if err := s.Check(); err != nil {
			t.Errorf("Check with portal %q and trusted_hosts %q = %v, want nil", s.Portal, s.TrustedHosts, err)
		}
	}
	bad := []struct {
		settings backup.Settings
		want     string
	}{
		{portal(""), `portal is ""`}, {portal("www.arcgis.com"), `portal is "www.arcgis.com": it must be an address`},
		{portal("ftp://a"), "it must be an address"}, {portal("https:a"), "it must be an address"}, {portal("https://"), "it must be an address"},
		{portal("http://gis.example.com"), "write https"}, {portal("http://10.0.0.7"), "write https"}, {portal("http://localhost.evil.example"), "write https"},
		{portal("http://[fe80::1%25lo]"), "write https"}, {portal("https://gis.example.com?"), "drop what follows"}, {portal("https://gis.example.com/#x"), "drop what follows"},
		{portal("https://a b"), "it must be an address"}, {portal("https://gis.example.com:0"), "the port must be"}, {portal("https://gis.example.com:"), "the port must be"},
		{portal("https://gis.example.com:65536"), "the port must be"}, {portal("https://müller.example"), "xn--"}, {portal("https://a..b"), "not a host's name"},
		{hosts("https://gis.example.com"), "without scheme and path"}, {hosts("gis.example.com/arcgis"), "without scheme and path"}, {hosts("*.example.com"), "not a host's name"},
		{hosts("::1"), "not a host's name"}, {hosts("[::1"), "not a host's name"}, {hosts("[127.0.0.1]"), "must be an IPv6 address"}, {hosts("a:b"), "the port must be"}, {hosts(" a"), "not a host's name"}, {hosts(""), "has an empty text"},
	}
	for _, tt := range bad {
		if err := tt.settings.Check(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Check with portal %q and trusted_hosts %q = %v, want one with %q", tt.settings.Portal, tt.settings.TrustedHosts, err, tt.want)
		}
	}
}

// Someone writes credentials into an address: no message repeats them.
func TestCheckShowsNoPassword(t *testing.T) {
	t.Parallel()
	for _, s := range []backup.Settings{
		set(func(s *backup.Settings) { s.Portal = "https://user:hunter2@gis.example.com:bad" }),
		set(func(s *backup.Settings) { s.TrustedHosts = []string{"user:hunter2@gis.example.com"} }),
	} {
		if err := s.Check(); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Check with credentials in an address = %v, want an error without them", err)
		}
	}
}

func TestUnsafe(t *testing.T) {
	t.Parallel()
	bad := []rune("\x00\x1f\x7f\u0080\u009f\u2028\u2029\u061c\u200e\u200f\u202a\u202e\u2066\u2069/\\:*?\"<>|")
	for r := range rune(0x3000) {
		within := slices.Contains(bad, r) || r < 0x20 || 0x7f <= r && r <= 0x9f || 0x202a <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069
		if got := backup.Unsafe(r); got != within {
			t.Errorf("Unsafe(%U) = %v, want %v", r, got, within)
		}
	}
}

func wantMistake(t *testing.T, s backup.Settings, want string) {
	t.Helper()
	got := ""
	if err := s.Check(); err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("Check:\n got %q\nwant %q", got, want)
	}
}
