package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a person may name as a place, on each system, and why not.
func TestNamesOfPlaces(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ system, place, says string }{
		{"linux", "backups", ""},
		{"linux", "/srv/a:b/c?", ""},
		{"linux", "s3://bucket/prefix", ""},
		{"linux", "S3://bucket", "write s3://BUCKET"},
		{"linux", "s3:/bucket", "write s3://BUCKET"},
		{"linux", "s3:bucket", "write s3://BUCKET"},
		{"linux", "file:///srv/backups", "write the folder's own path"},
		{"linux", "https://bucket.s3.amazonaws.com", "write the folder's own path"},
		{"linux", "./not an address://x", ""},
		{"darwin", "/Volumes/Backup disk", ""},
		{"darwin", "file:///Volumes/x", "write the folder's own path"},
		{windows, `backups`, ""},
		{windows, `C:\backups`, ""},
		{windows, `c:/backups/of the town`, ""},
		{windows, `C:backups`, ""},
		{windows, `C:\`, ""},
		{windows, `C:\backups\`, ""},
		{windows, `.\backups`, ""},
		{windows, `..\..\backups`, ""},
		{windows, `\\server\share$\gis`, ""},
		{windows, `D:\Überschwemmung 🌊`, ""},
		{windows, `C:\null\con1\aux_`, ""},
		{windows, "s3://bucket/con", ""},
		{windows, "file:///C:/backups", "write the folder's own path"},
		{windows, `C:\a folder" --backup-tags a`, "leave out the backslash at the end"},
		{windows, `C:\a?b`, `Windows allows no "?" in a name`},
		{windows, `C:\a*b`, `Windows allows no "*" in a name`},
		{windows, `C:\a|b`, `Windows allows no "|" in a name`},
		{windows, `C:\a<b`, `Windows allows no "<" in a name`},
		{windows, `C:\a:stream`, `Windows allows no ":" in a name`},
		{windows, `CD:\x`, `Windows allows no ":" in a name`},
		{windows, "C:\\a\tb", `Windows allows no "\t" in a name`},
		{windows, `\\?\C:\backups`, `Windows allows no "?" in a name`},
		{windows, `C:\backups.`, "drops the dots and spaces"},
		{windows, `C:\backups \x`, "drops the dots and spaces"},
		{windows, `C:\...`, "drops the dots and spaces"},
		{windows, `NUL`, "a device by that name"},
		{windows, `C:\con.d\x`, "a device by that name"},
		{windows, `C:\LPT1`, "a device by that name"},
		{windows, `C:\COM¹`, "a device by that name"},
		{windows, `C:\` + strings.Repeat("é", 255), ""},
		{windows, `C:\` + strings.Repeat("🌊", 128), "256"},
	} {
		err := placeMisnamed(tt.system, tt.place)
		if tt.says == "" && err != nil || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
			t.Errorf("placeMisnamed(%s, %q) = %v, want %q", tt.system, tt.place, err, tt.says)
		}
	}
}

// What the key prefix of backups may be where keys are paths of files.
func TestNamesOfBackupDirectories(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ system, place, directory, says string }{
		{"linux", "backups", "gis/a:b", ""},
		{"linux", "backups", `a\b.`, ""},
		{"linux", "backups", "a/" + strings.Repeat("x", 255), ""},
		{"linux", "backups", "a/" + strings.Repeat("x", 256), "can have 255 bytes"},
		{"linux", "backups", strings.Repeat("é", 128), "can have 255 bytes"},
		{"linux", "backups", ".sgwtmp/a", "the local store's own"},
		{"linux", "backups", "a/.sgwtmp", ""},
		{"linux", "s3://bucket", strings.Repeat("x", 256), ""},
		{windows, `C:\backups`, "", ""},
		{windows, `C:\backups`, "gis/agol", ""},
		{windows, `C:\backups`, "gis/a:b", `Windows allows no ":"`},
		{windows, `C:\backups`, `gis\agol`, `Windows allows no "\\"`},
		{windows, `C:\backups`, "gis./agol", "drops the dots and spaces"},
		{windows, `C:\backups`, "gis/Nul", "a device by that name"},
		{windows, `C:\backups`, ".SGWTMP", "the local store's own"},
		{windows, `C:\backups`, strings.Repeat("é", 200), ""},
		{windows, "s3://bucket", "gis/a:b", ""},
		{windows, "", "gis/a:b", ""},
	} {
		err := directoryMisnamed(tt.system, tt.place, tt.directory)
		if tt.says == "" && err != nil || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
			t.Errorf("directoryMisnamed(%s, %q, %q) = %v, want %q", tt.system, tt.place, tt.directory, err, tt.says)
		}
	}
}

// Names that can't be are told before anything is touched, with the other
// mistakes.
func TestWrongNamesAreUsage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	long := strings.Repeat("x", 300)
	mapkeep(t.Context(), `{"token":"t"}`, "run", "--to", filepath.Join(dir, "new"), "--secret-file", "-", "--backup-directory", long, "--max-retries", "x").
		ends(t, exitUsage).says(t, "can have 255 ", "max_retries", "backup_tags")
	mapkeep(t.Context(), `{"token":"t"}`, "check", "--to", "s3:/bucket", "--secret-file", "-", "--backup-tags", "a").ends(t, exitUsage).says(t, "write s3://BUCKET")
	mapkeep(t.Context(), "", "demo", "--into", "file://"+dir).ends(t, exitUsage).says(t, "write the folder's own path")
	for _, command := range []string{"list", "verify"} {
		mapkeep(t.Context(), "", command, "--from", "S3://bucket").ends(t, exitUsage).says(t, "write s3://BUCKET")
	}
	mapkeep(t.Context(), "", "get", "--from", dir, "backup", "--into", "s3://bucket").ends(t, exitUsage).says(t, "write the folder's own path")
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("wrong usage left %q", left)
	}
}

// On Windows the case of a variable's name tells nothing, and os.Environ has
// names that begin with an equals sign.
func TestNamesOfVariables(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ system, pair, want string }{
		{"linux", "MAPKEEP_SECRET={}", "MAPKEEP_SECRET"},
		{"linux", "mapkeep_secret={}", "mapkeep_secret"},
		{windows, "mapkeep_Secret={}", "MAPKEEP_SECRET"},
		{windows, "aws_profile=a=b", "AWS_PROFILE"},
		{windows, `=C:=C:\maps`, ""},
	} {
		if got := variable(tt.system, tt.pair); got != tt.want {
			t.Errorf("variable(%s, %q) = %q, want %q", tt.system, tt.pair, got, tt.want)
		}
	}
}

// PowerShell writes settings as UTF-16, and other editors of Windows a mark.
func TestSettingsOfEveryEditor(t *testing.T) {
	t.Parallel()
	const text = "{\"backup_tags\": [\"a\"],\r\n \"portal\": \"ftp://é\"}\r\n"
	utf16 := "\xff\xfe"
	for _, r := range text {
		utf16 += string([]byte{byte(r), byte(r >> 8)})
	}
	for says, content := range map[string]string{"plain": text, "with a mark": "\ufeff" + text, "UTF-16": utf16} {
		file := filepath.Join(t.TempDir(), "settings.json")
		must(t, os.WriteFile(file, []byte(content), 0o600))
		s := mapkeep(t.Context(), "", "check", "--settings", file).ends(t, exitUsage)
		if !strings.Contains(s.err, "portal") || strings.Contains(s.err, "backup_tags") {
			t.Errorf("settings %s: mapkeep said %q, want the bad portal alone", says, s.err)
		}
	}
}

// What a file manager drops is no object of a backup.
func TestDroppings(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]bool{
		".DS_Store": true, "parks/.DS_Store": true, "parks/Thumbs.db": true, "desktop.ini": true, "parks/._Trail Map.zip": true,
		"parks/Thumbs.db.zip": false, "parks/DS_Store": false, "_x": false, "parks/Trail Map_backup_1.zip": false, "._/x": false,
	} {
		if got := dropping(key); got != want {
			t.Errorf("dropping(%q) = %v, want %v", key, got, want)
		}
	}
	dir := copyOfBackups(t)
	for _, name := range []string{".DS_Store", "parks/.DS_Store", "parks/Thumbs.db"} {
		must(t, os.WriteFile(filepath.Join(dir, "data", "backups", "backup_first", filepath.FromSlash(name)), []byte("view"), 0o600))
	}
	mapkeep(t.Context(), "", "verify", "--from", dir, "backup_first").ends(t, exitWell).says(t, "all 11 files are as the manifest says")
}
