package backup

// Settings are what a user may set, by the same names everywhere: JSON of an
// execution's input (these tags), flags of `mapkeep run` (dashes), parameters
// of template.yaml (CamelCase). The README's table and a test in infra hold
// the three together.
type Settings struct {
	BackupDirectory       string   `json:"backup_directory"`
	BackupDirectoryPrefix string   `json:"backup_directory_prefix"`
	BackupFileSuffix      string   `json:"backup_file_suffix"`
	BackupTags            []string `json:"backup_tags"`
	DirectoryTags         []string `json:"directory_tags"`
	UncategorizedSaveTag  string   `json:"uncategorized_save_tag"`
	BackupExcludeTypes    []string `json:"backup_exclude_types"`
	BackupExcludeItems    []string `json:"backup_exclude_items"`
	DateFormat            string   `json:"date_format"`
	TimeZone              string   `json:"time_zone"`
	ArchiveNumber         int      `json:"archive_number"`
	DeleteBackupOnline    bool     `json:"delete_backup_online"`
	IgnoreExisting        bool     `json:"ignore_existing"`
	ExportDelay           int      `json:"export_delay"`   // seconds
	MaxRetries            int      `json:"max_retries"`    // repeats of one step
	ExportTimeout         int      `json:"export_timeout"` // seconds from the item's first start
	MaxConcurrency        int      `json:"max_concurrency"`
	AllowEmpty            bool     `json:"allow_empty"`
	Portal                string   `json:"portal"`
	TrustedHosts          []string `json:"trusted_hosts"`
}

// Defaults are the settings nobody has changed. BackupTags has no default.
func Defaults() Settings {
	return Settings{
		BackupDirectoryPrefix: "backup_",
		BackupFileSuffix:      "_backup_",
		BackupTags:            []string{},
		DirectoryTags:         []string{},
		UncategorizedSaveTag:  "uncategorized",
		BackupExcludeTypes:    []string{},
		BackupExcludeItems:    []string{},
		DateFormat:            "%Y-%m-%d",
		TimeZone:              "UTC",
		ArchiveNumber:         3,
		DeleteBackupOnline:    true,
		ExportDelay:           2,
		MaxRetries:            5,
		ExportTimeout:         14400,
		MaxConcurrency:        10,
		Portal:                "https://www.arcgis.com",
		TrustedHosts:          []string{},
	}
}

// Selection is the part of the settings that says which items a run takes;
// retention compares it.
type Selection struct {
	BackupTags         []string `json:"backup_tags"`
	BackupExcludeTypes []string `json:"backup_exclude_types"`
	BackupExcludeItems []string `json:"backup_exclude_items"`
}

// Selection is the run's own.
func (s Settings) Selection() Selection {
	return Selection{s.BackupTags, s.BackupExcludeTypes, s.BackupExcludeItems}
}
