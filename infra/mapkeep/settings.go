package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/backup"
)

// settingFlags are the settings as flags; nil is a flag that was not given.
// Names, defaults and meanings are package backup's: a test compares them.
// Numbers are read as texts, so that a wrong one is told with all the other
// mistakes.
type settingFlags struct {
	BackupDirectory       *string  `help:"${backup_directory}" group:"settings" placeholder:"PREFIX"`
	BackupDirectoryPrefix *string  `help:"${backup_directory_prefix}" group:"settings" placeholder:"TEXT"`
	BackupFileSuffix      *string  `help:"${backup_file_suffix}" group:"settings" placeholder:"TEXT"`
	BackupTags            []string `help:"${backup_tags}" group:"settings" placeholder:"TAG,…" sep:"none"`
	DirectoryTags         []string `help:"${directory_tags}" group:"settings" placeholder:"TAG,…" sep:"none"`
	UncategorizedSaveTag  *string  `help:"${uncategorized_save_tag}" group:"settings" placeholder:"TEXT"`
	BackupExcludeTypes    []string `help:"${backup_exclude_types}" group:"settings" placeholder:"TYPE,…" sep:"none"`
	BackupExcludeItems    []string `help:"${backup_exclude_items}" group:"settings" placeholder:"ID,…" sep:"none"`
	DateFormat            *string  `help:"${date_format}" group:"settings" placeholder:"FORMAT"`
	TimeZone              *string  `help:"${time_zone}" group:"settings" placeholder:"ZONE"`
	ArchiveNumber         *string  `help:"${archive_number}" group:"settings" placeholder:"N"`
	DeleteBackupOnline    *bool    `help:"${delete_backup_online}" group:"settings"`
	IgnoreExisting        *bool    `help:"${ignore_existing}" group:"settings"`
	ExportDelay           *string  `help:"${export_delay}" group:"settings" placeholder:"SECONDS"`
	MaxRetries            *string  `help:"${max_retries}" group:"settings" placeholder:"N"`
	ExportTimeout         *string  `help:"${export_timeout}" group:"settings" placeholder:"SECONDS"`
	MaxConcurrency        *string  `help:"${max_concurrency}" group:"settings" placeholder:"N"`
	AllowEmpty            *bool    `help:"${allow_empty}" group:"settings"`
	Portal                *string  `help:"${portal}" group:"settings" placeholder:"URL"`
	TrustedHosts          []string `help:"${trusted_hosts}" group:"settings" placeholder:"HOST,…" sep:"none"`

	Settings string `help:"JSON file with settings, as an execution's input; flags win" placeholder:"FILE"`
}

// read gives the settings: defaults, then the file, then the flags. All
// mistakes are told at once.
func (f settingFlags) read() (backup.Settings, error) {
	flags, wrong := f.input()
	inputs := [][]byte{flags}
	if f.Settings != "" {
		file, err := os.ReadFile(f.Settings)
		if err != nil {
			return backup.Settings{}, usage("--settings %s can't be read: %w; give a JSON file with settings, as in the input of an execution", f.Settings, cause(err))
		}
		inputs = [][]byte{arcgis.PlainText(file), flags} // PowerShell writes UTF-16, others a mark
	}
	s, err := backup.Over(backup.Defaults(), inputs...)
	if err := errors.Join(wrong, err); err != nil {
		return s, usage("%w", err)
	}
	return s, nil
}

// input is the flags that were given as an execution's input.
func (f settingFlags) input() ([]byte, error) {
	var wrong []error
	given := map[string]any{}
	flags := reflect.ValueOf(f)
	for _, set := range backup.Names() {
		flag := flags.FieldByName(set.Parameter)
		if flag.IsNil() {
			continue
		}
		if set.Kind != backup.KindList {
			given[set.Name] = value(set.Kind, flag.Elem().Interface())
			continue
		}
		list := []string{}
		for _, text := range flag.Interface().([]string) {
			values, err := backup.SplitList(text)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("--%s %w", set.Flag, err))
				values = []string{text} // so that it doesn't count as missing
			}
			list = append(list, values...)
		}
		given[set.Name] = list
	}
	text, err := json.Marshal(given)
	return text, errors.Join(append(wrong, err)...)
}

// value is a flag's as JSON would have it: a number without quotes.
func value(kind string, given any) any {
	if text, ok := given.(string); ok && kind == backup.KindInt {
		if _, err := strconv.ParseFloat(text, 64); err == nil && json.Valid([]byte(text)) {
			return json.Number(text)
		}
	}
	return given
}

// input is what an execution of a stack made with these settings is given:
// all that its machine does not hold already.
func input(s backup.Settings) (json.RawMessage, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	for _, set := range backup.Names() {
		if set.Fixed {
			delete(all, set.Name)
		}
	}
	return json.Marshal(all)
}

// texts are what help texts say of settings and scenarios.
func texts() map[string]string {
	texts := map[string]string{"scenarios": strings.Join(arcgistest.Names(), ", ")}
	for _, set := range backup.Names() {
		texts[set.Name] = set.Meaning
		if set.Default != "" {
			texts[set.Name] += fmt.Sprintf(" (%s)", strings.ReplaceAll(set.Default, "$", "$$"))
		}
	}
	return texts
}
