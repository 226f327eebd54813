package backup

import (
	"errors"
	"math"
	"strings"
)

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
