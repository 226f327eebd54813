package backup

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of lengths, in bytes. With the 120 bytes of a safe name they keep
// every key below S3's 1,024.
const (
	maxDirectory = 400
	maxName      = 64 // of a run folder's prefix, of its date, of the file suffix
)

// WorkingFolder is the name of the folder of working files, beside the
// backups.
const WorkingFolder = ".mapkeep"

// Unsafe reports whether safe names replace r: control characters, marks
// that turn the direction of writing, and what Windows keeps for itself.
func Unsafe(r rune) bool {
	return unicode.IsControl(r) || // C0, DEL, C1
		r == 0x2028 || r == 0x2029 ||
		r == 0x061c || r == 0x200e || r == 0x200f ||
		0x202a <= r && r <= 0x202e ||
		0x2066 <= r && r <= 0x2069 ||
		strings.ContainsRune(`/\:*?"<>|`, r)
}

// Check reports every rule that the settings break, as Mistakes brought
// together by errors.Join; nil says that a run can use them.
func (s Settings) Check() error { return join(s.mistakes()) }

// tidy drops the outer slashes of backup_directory and portal and the
// duplicates of lists, which are never nil after it.
func (s Settings) tidy() Settings {
	s.BackupDirectory = strings.Trim(s.BackupDirectory, "/")
	s.Portal = strings.TrimRight(s.Portal, "/")
	for _, list := range []*[]string{&s.BackupTags, &s.DirectoryTags, &s.BackupExcludeTypes, &s.BackupExcludeItems, &s.TrustedHosts} {
		*list = unique(*list)
	}
	return s
}

func unique(list []string) []string {
	kept, seen := make([]string, 0, len(list)), make(map[string]bool, len(list))
	for _, v := range list {
		if !seen[v] {
			kept, seen[v] = append(kept, v), true
		}
	}
	return kept
}

// mistakes are all rules that s breaks, in the order of Names.
func (s Settings) mistakes() []Mistake {
	var found []Mistake
	check := func(setting string, err error) {
		if err != nil {
			found = append(found, Mistake{setting, setting + " " + err.Error()})
		}
	}
	check("backup_directory", checkDirectory(s.BackupDirectory))
	check("backup_directory_prefix", checkPart(s.BackupDirectoryPrefix, 0, maxName))
	check("backup_file_suffix", checkPart(s.BackupFileSuffix, 1, maxName))
	if len(s.BackupTags) == 0 {
		check("backup_tags", errors.New("is missing: name at least one tag"))
	}
	check("backup_tags", checkList(s.BackupTags))
	check("directory_tags", checkList(s.DirectoryTags))
	check("uncategorized_save_tag", checkFolder(s.UncategorizedSaveTag))
	check("backup_exclude_types", checkList(s.BackupExcludeTypes))
	check("backup_exclude_items", checkList(s.BackupExcludeItems))
	zone, err := location(s.TimeZone)
	if err == nil && !about(found, "backup_directory_prefix") {
		check("date_format", s.checkDates(zone))
	} else {
		check("date_format", checkFormat(s.DateFormat))
	}
	check("time_zone", err)
	check("archive_number", checkRange(s.ArchiveNumber, 0, math.MaxInt))
	check("export_delay", checkRange(s.ExportDelay, 1, 299))
	check("max_retries", checkRange(s.MaxRetries, 0, 20))
	check("export_timeout", checkRange(s.ExportTimeout, 60, 259200))
	check("max_concurrency", checkRange(s.MaxConcurrency, 1, 1000))
	check("portal", checkPortal(s.Portal))
	check("trusted_hosts", checkHosts(s.TrustedHosts))
	return found
}

// checkDirectory holds the rules of a key prefix without outer slashes.
func checkDirectory(directory string) error {
	if directory == "" {
		return nil
	}
	if !utf8.ValidString(directory) {
		return errUTF8
	}
	if len(directory) > maxDirectory {
		return fmt.Errorf("has %d bytes: at most %d are allowed", len(directory), maxDirectory)
	}
	if i := strings.IndexFunc(directory, unicode.IsControl); i >= 0 {
		return fmt.Errorf("is %s: it must hold no control character", quote(directory))
	}
	segments := strings.Split(directory, "/")
	for _, segment := range segments {
		switch segment {
		case "":
			return fmt.Errorf("is %s: write one slash instead of two", quote(directory))
		case ".", "..":
			return fmt.Errorf("is %s: %q can't be one of its folders", quote(directory), segment)
		}
	}
	if strings.EqualFold(segments[0], WorkingFolder) {
		return fmt.Errorf("is %s: %s holds working files, take another folder", quote(directory), WorkingFolder)
	}
	return nil
}

// checkPart holds the rules of a text that becomes part of a name.
func checkPart(part string, least, most int) error {
	switch i := strings.IndexFunc(part, Unsafe); {
	case !utf8.ValidString(part):
		return errUTF8
	case len(part) < least:
		return fmt.Errorf("is empty: give it at least %d byte", least)
	case len(part) > most:
		return fmt.Errorf("is %s, of %d bytes: at most %d are allowed", quote(part), len(part), most)
	case i >= 0:
		return fmt.Errorf("is %s: %q can't be part of a name, take another character", quote(part), []rune(part[i:])[0])
	}
	return nil
}

// checkFolder holds the rules of a text that becomes a whole folder name.
func checkFolder(name string) error {
	if err := checkPart(name, 1, len(name)); err != nil {
		return err
	}
	if strings.Trim(name, ". ") != name {
		return fmt.Errorf("is %s: a folder's name must not begin or end with a dot or a space", quote(name))
	}
	return nil
}

func checkList(list []string) error {
	for i, v := range list {
		if v == "" {
			return fmt.Errorf("has an empty text as element %d: drop it", i+1)
		}
		if !utf8.ValidString(v) {
			return errUTF8
		}
	}
	return nil
}

func checkRange(n, least, most int) error {
	switch {
	case n < least && most == math.MaxInt:
		return fmt.Errorf("is %d: it must be %d or more", n, least)
	case n < least || n > most:
		return fmt.Errorf("is %d: it must be from %d to %d", n, least, most)
	}
	return nil
}
