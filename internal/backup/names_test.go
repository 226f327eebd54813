package backup_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// What users see of each setting: a change here breaks their inputs,
// templates and scripts.
func TestNames(t *testing.T) {
	t.Parallel()
	const list, integer, boolean, text = backup.KindList, backup.KindInt, backup.KindBool, backup.KindString
	want := []backup.Setting{
		{Name: "backup_directory", Flag: "backup-directory", Parameter: "BackupDirectory", Variable: "BACKUP_DIRECTORY", Kind: text, Fixed: true},
		{Name: "backup_directory_prefix", Flag: "backup-directory-prefix", Parameter: "BackupDirectoryPrefix", Variable: "BACKUP_DIRECTORY_PREFIX", Kind: text, Default: "backup_"},
		{Name: "backup_file_suffix", Flag: "backup-file-suffix", Parameter: "BackupFileSuffix", Variable: "BACKUP_FILE_SUFFIX", Kind: text, Default: "_backup_"},
		{Name: "backup_tags", Flag: "backup-tags", Parameter: "BackupTags", Variable: "BACKUP_TAGS", Kind: list, Required: true},
		{Name: "directory_tags", Flag: "directory-tags", Parameter: "DirectoryTags", Variable: "DIRECTORY_TAGS", Kind: list},
		{Name: "uncategorized_save_tag", Flag: "uncategorized-save-tag", Parameter: "UncategorizedSaveTag", Variable: "UNCATEGORIZED_SAVE_TAG", Kind: text, Default: "uncategorized"},
		{Name: "backup_exclude_types", Flag: "backup-exclude-types", Parameter: "BackupExcludeTypes", Variable: "BACKUP_EXCLUDE_TYPES", Kind: list},
		{Name: "backup_exclude_items", Flag: "backup-exclude-items", Parameter: "BackupExcludeItems", Variable: "BACKUP_EXCLUDE_ITEMS", Kind: list},
		{Name: "date_format", Flag: "date-format", Parameter: "DateFormat", Variable: "DATE_FORMAT", Kind: text, Default: "%Y-%m-%d"},
		{Name: "time_zone", Flag: "time-zone", Parameter: "TimeZone", Variable: "TIME_ZONE", Kind: text, Default: "UTC"},
		{Name: "archive_number", Flag: "archive-number", Parameter: "ArchiveNumber", Variable: "ARCHIVE_NUMBER", Kind: integer, Default: "3"},
		{Name: "delete_backup_online", Flag: "delete-backup-online", Parameter: "DeleteBackupOnline", Variable: "DELETE_BACKUP_ONLINE", Kind: boolean, Default: "true"},
		{Name: "ignore_existing", Flag: "ignore-existing", Parameter: "IgnoreExisting", Variable: "IGNORE_EXISTING", Kind: boolean, Default: "false"},
		{Name: "export_delay", Flag: "export-delay", Parameter: "ExportDelay", Variable: "EXPORT_DELAY", Kind: integer, Default: "2", Fixed: true},
		{Name: "max_retries", Flag: "max-retries", Parameter: "MaxRetries", Variable: "MAX_RETRIES", Kind: integer, Default: "5", Fixed: true},
		{Name: "export_timeout", Flag: "export-timeout", Parameter: "ExportTimeout", Variable: "EXPORT_TIMEOUT", Kind: integer, Default: "14400"},
		{Name: "max_concurrency", Flag: "max-concurrency", Parameter: "MaxConcurrency", Variable: "MAX_CONCURRENCY", Kind: integer, Default: "10"},
		{Name: "allow_empty", Flag: "allow-empty", Parameter: "AllowEmpty", Variable: "ALLOW_EMPTY", Kind: boolean, Default: "false"},
		{Name: "portal", Flag: "portal", Parameter: "Portal", Variable: "PORTAL", Kind: text, Default: "https://www.arcgis.com"},
		{Name: "trusted_hosts", Flag: "trusted-hosts", Parameter: "TrustedHosts", Variable: "TRUSTED_HOSTS", Kind: list},
	}
	got := backup.Names()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(backup.Setting{}, "Meaning"), cmpopts.IgnoreUnexported(backup.Setting{})); diff != "" {
		t.Errorf("Names (-want +got):\n%s", diff)
	}
	for _, set := range got {
		if set.Meaning == "" {
			t.Errorf("Names: %s has no meaning", set.Name)
		}
	}
}
