package backup_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// tagged are the defaults with the one setting that has none.
func tagged() backup.Settings {
	s := backup.Defaults()
	s.BackupTags = []string{"backup"}
	return s
}

// texts are the mistakes joined in err, one by one.
func texts(err error) []string {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []string{err.Error()}
	}
	var list []string
	for _, e := range joined.Unwrap() {
		list = append(list, e.Error())
	}
	return list
}

func TestParse(t *testing.T) {
	t.Parallel()
	full := backup.Settings{
		BackupDirectory: "gis/backups", BackupDirectoryPrefix: "nightly ", BackupFileSuffix: "_b_",
		BackupTags: []string{"a", " a", "A"}, DirectoryTags: []string{"parks"}, UncategorizedSaveTag: "rest",
		BackupExcludeTypes: []string{"Web Map"}, BackupExcludeItems: []string{"0f3a"},
		DateFormat: "%d.%m.%Y", TimeZone: "Europe/Berlin", ArchiveNumber: 0, DeleteBackupOnline: false, IgnoreExisting: true,
		ExportDelay: 299, MaxRetries: 0, ExportTimeout: 60, MaxConcurrency: 1000, AllowEmpty: true,
		Portal: "https://gis.example.com:7443/portal", TrustedHosts: []string{"gis.example.com", "[::1]:6443"},
	}
	tests := []struct {
		name, input string
		want        func() backup.Settings
	}{
		{"nothing", `{}`, tagged},
		{"byte order mark", "\ufeff{}", tagged},
		{"one setting", ` { "max_retries" : 20 } `, func() backup.Settings { s := tagged(); s.MaxRetries = 20; return s }},
		{"a list takes the place of the old one", `{"backup_tags":["x"]}`, func() backup.Settings { s := tagged(); s.BackupTags = []string{"x"}; return s }},
		{"everything, untidy", `{"backup_directory":"//gis/backups/","backup_directory_prefix":"nightly ","backup_file_suffix":"_b_",
			"backup_tags":["a"," a","A","a"],"directory_tags":["parks","parks"],"uncategorized_save_tag":"rest",
			"backup_exclude_types":["Web Map"],"backup_exclude_items":["0f3a"],"date_format":"%d.%m.%Y","time_zone":"Europe/Berlin",
			"archive_number":0,"delete_backup_online":false,"ignore_existing":true,"export_delay":299,"max_retries":0,
			"export_timeout":60,"max_concurrency":1000,"allow_empty":true,"portal":"https://gis.example.com:7443/portal/",
			"trusted_hosts":["gis.example.com","[::1]:6443"]}`, func() backup.Settings { return full }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := backup.Parse([]byte(tt.input), tagged())
			if diff := cmp.Diff(tt.want(), got); err != nil || diff != "" {
				t.Errorf("Parse(%s): err %v, settings (-want +got):\n%s", tt.input, err, diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ input, want string }{
		{``, `the settings are not a JSON object: unexpected end of JSON input`},
		{`[]`, `the settings are not a JSON object: it is a list`},
		{`null`, `the settings are not a JSON object: it is null`},
		{`{} {}`, `the settings are not a JSON object: invalid character '{' after top-level value`},
		{`{"max_retries":1,}`, `the settings are not a JSON object: invalid character '}' looking for beginning of object key string`},
		{"{\"portal\":\"\xff\"}", `the settings are not a JSON object: it is not UTF-8: save it as UTF-8`},
		{`{"":1}`, `"" is not a setting: see the table of settings for the names`},
		{`{"password":"secret"}`, `"password" is not a setting: see the table of settings for the names`},
		{`{"backup-tags":["a"]}`, `"backup-tags" is not a setting: write backup_tags`},
		{`{"BackupTags":["a"]}`, `"BackupTags" is not a setting: write backup_tags`},
		{`{"max_retries":1,"max_retries":1}`, `"max_retries" is there more than once: keep one`},
		{`{"max_retries":null}`, `max_retries is null: it must be a whole number, without quotes`},
		{`{"max_retries":"5"}`, `max_retries is the text "5": it must be a whole number, without quotes`},
		{`{"max_retries":2.0}`, `max_retries is 2.0: it must be a whole number in digits, as in 3`},
		{`{"max_retries":1e1}`, `max_retries is 1e1: it must be a whole number in digits, as in 3`},
		{`{"max_retries":99999999999999999999}`, `max_retries is 99999999999999999999: that number is too large`},
		{`{"max_retries":true}`, `max_retries is true: it must be a whole number, without quotes`},
		{`{"allow_empty":"true"}`, `allow_empty is the text "true": it must be true or false, without quotes`},
		{`{"allow_empty":1}`, `allow_empty is 1: it must be true or false, without quotes`},
		{`{"allow_empty":null}`, `allow_empty is null: it must be true or false, without quotes`},
		{`{"time_zone":null}`, `time_zone is null: it must be a text in double quotes`},
		{`{"time_zone":{"a":1}}`, `time_zone is an object: it must be a text in double quotes`},
		{`{"backup_tags":"a,b"}`, `backup_tags is the text "a,b": it must be a list of texts, as in ["a", "b"]`},
		{`{"backup_tags":null}`, `backup_tags is null: it must be a list of texts, as in ["a", "b"]`},
		{`{"backup_tags":["a", 7]}`, `backup_tags has 7 as element 2: every element must be a text in double quotes`},
		{`{"backup_tags":[null]}`, `backup_tags has null as element 1: every element must be a text in double quotes`},
		{`{"backup_tags":[]}`, `backup_tags is missing: name at least one tag`},
		{`{"backup_tags":["a",""]}`, `backup_tags has an empty text as element 2: drop it`},
		{`{"directory_tags":[""]}`, `directory_tags has an empty text as element 1: drop it`},
		{`{"time_zone":"` + strings.Repeat("x", 300) + `"}`, `time_zone is "` + strings.Repeat("x", 79) + `…, which is not a known IANA name: write it as in Europe/Berlin`},
	}
	for _, tt := range tests {
		t.Run(tt.input, func(t *testing.T) {
			t.Parallel()
			_, err := backup.Parse([]byte(tt.input), tagged())
			if diff := cmp.Diff([]string{tt.want}, texts(err)); diff != "" {
				t.Errorf("Parse(%s) mistakes (-want +got):\n%s", tt.input, diff)
			}
		})
	}
}

// A person mends everything in one go: what can't be read, what is not
// known and what breaks a rule come together, each setting once.
func TestParseTellsAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	_, err := backup.Parse([]byte(`{"backup_tags":7,"max_retries":21,"nonsense":1,"portal":"http://gis.example.com"}`), backup.Defaults())
	want := []string{
		`backup_tags is 7: it must be a list of texts, as in ["a", "b"]`,
		`"nonsense" is not a setting: see the table of settings for the names`,
		`max_retries is 21: it must be from 0 to 20`,
		`portal is "http://gis.example.com": http is for loopback addresses alone, write https`,
	}
	if diff := cmp.Diff(want, texts(err)); diff != "" {
		t.Errorf("Parse mistakes (-want +got):\n%s", diff)
	}
	var m backup.Mistake
	if !errors.As(err, &m) || m.Setting != "backup_tags" {
		t.Errorf("errors.As(err, *Mistake) = %+v, want the one of backup_tags", m)
	}
}

// Flags win over a settings file, and a mistake in either is told.
func TestOver(t *testing.T) {
	t.Parallel()
	s, err := backup.Over(backup.Defaults(), []byte(`{"backup_tags":["file"],"max_retries":1}`), []byte(`{"backup_tags":["flag"]}`))
	if err != nil || !reflect.DeepEqual(s.BackupTags, []string{"flag"}) || s.MaxRetries != 1 {
		t.Errorf("Over = %v, %d, %v; want tags [flag], 1 retry, no error", s.BackupTags, s.MaxRetries, err)
	}
	_, err = backup.Over(tagged(), []byte(`{"x":1}`), []byte(`{"y":1}`))
	if got := texts(err); len(got) != 2 {
		t.Errorf("Over with a mistake in each of two inputs: mistakes %q, want two", got)
	}
}

// Reading an input leaves the settings below it as they were.
func TestParseKeepsBase(t *testing.T) {
	t.Parallel()
	base := tagged()
	base.TrustedHosts = []string{"a", "a", "b"}
	if _, err := backup.Parse([]byte(`{"backup_tags":["other"]}`), base); err != nil {
		t.Fatalf("Parse: %v", err)
	}
	want := tagged()
	want.TrustedHosts = []string{"a", "a", "b"}
	if diff := cmp.Diff(want, base); diff != "" {
		t.Errorf("base after Parse (-want +got):\n%s", diff)
	}
}

func TestFixed(t *testing.T) {
	t.Parallel()
	base := tagged()
	base.BackupDirectory = "gis"
	tests := []struct {
		input string
		want  []string
	}{
		{`{"backup_directory":"/gis/","export_delay":2,"max_retries":5,"archive_number":1}`, nil},
		{`{"backup_directory":"other"}`, []string{`backup_directory is "other" here, but this stack was made with "gis": leave it out of the input, or change the template parameter BackupDirectory`}},
		{`{"backup_directory":"","export_delay":3,"max_retries":6}`, []string{
			`backup_directory is "" here, but this stack was made with "gis": leave it out of the input, or change the template parameter BackupDirectory`,
			`export_delay is 3 here, but this stack was made with 2: leave it out of the input, or change the template parameter ExportDelay`,
			`max_retries is 6 here, but this stack was made with 5: leave it out of the input, or change the template parameter MaxRetries`,
		}},
		{`{"max_retries":"6"}`, []string{`max_retries is the text "6": it must be a whole number, without quotes`}},
	}
	for _, tt := range tests {
		t.Run(tt.input, func(t *testing.T) {
			t.Parallel()
			_, err := backup.Fixed([]byte(tt.input), base)
			if diff := cmp.Diff(tt.want, texts(err)); diff != "" {
				t.Errorf("Fixed(%s) mistakes (-want +got):\n%s", tt.input, diff)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{}`, `{"backup_tags":["a"],"max_retries":3}`, `{"a":1,"a":2}`, `{"date_format":"%H%%"}`, `{"trusted_hosts":["[::1]:1"]}`, "\ufeff{ }", `{"portal": "http://127.0.0.1:8080/x/"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		s, err := backup.Parse(input, tagged())
		if err != nil {
			return
		}
		if err := s.Check(); err != nil {
			t.Fatalf("Parse(%q) is without error, but Check says %v", input, err)
		}
		written, err := json.Marshal(s)
		if err != nil {
			t.Fatalf("Marshal(%+v): %v", s, err)
		}
		again, err := backup.Parse(written, backup.Defaults())
		if diff := cmp.Diff(s, again); err != nil || diff != "" {
			t.Fatalf("Parse(%s), written from %q: err %v, settings (-want +got):\n%s", written, input, err, diff)
		}
	})
}
