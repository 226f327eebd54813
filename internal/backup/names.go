package backup

import (
	"reflect"
	"strconv"
	"strings"
)

// The kinds of value a setting can have.
const (
	KindString = "string"
	KindInt    = "int"  // a whole number
	KindBool   = "bool" // true or false
	KindList   = "list" // of strings
)

// A Setting describes one field of Settings by all the names it goes by:
// flags, template parameters, environment variables and the README's table
// are made from or compared with this.
type Setting struct {
	Name      string // in JSON: backup_tags
	Flag      string // of mapkeep, without the leading dashes: backup-tags
	Parameter string // of template.yaml: BackupTags
	Variable  string // of a function's environment: BACKUP_TAGS
	Kind      string // one of the Kind words
	Default   string // as a flag or variable would say it; "" for an empty list
	Required  bool   // it has no default that can be run with
	Fixed     bool   // the state machine is built with it: an execution's input can't change it
	Meaning   string // one line for people

	field int // index in Settings
}

// Names lists the settings in the order of the fields of Settings.
func Names() []Setting {
	fields, defaults := reflect.TypeFor[Settings](), reflect.ValueOf(Defaults())
	settings := make([]Setting, fields.NumField())
	for i := range settings {
		name := fields.Field(i).Tag.Get("json")
		settings[i] = Setting{
			Name:      name,
			Flag:      strings.ReplaceAll(name, "_", "-"),
			Parameter: fields.Field(i).Name,
			Variable:  strings.ToUpper(name),
			Default:   text(defaults.Field(i)),
			Kind:      kinds[fields.Field(i).Type.Kind()],
			Required:  name == "backup_tags",
			Fixed:     fixed[name],
			Meaning:   meanings[name],
			field:     i,
		}
	}
	return settings
}

var kinds = map[reflect.Kind]string{
	reflect.String: KindString,
	reflect.Int:    KindInt,
	reflect.Bool:   KindBool,
	reflect.Slice:  KindList,
}

// fixed are the settings that roles and Retry policies hold, so that only a
// new deployment of the stack can change them.
var fixed = map[string]bool{"backup_directory": true, "export_delay": true, "max_retries": true}

var meanings = map[string]string{
	"backup_directory":        "key prefix in the bucket under which the backups lie",
	"backup_directory_prefix": "what the name of a run's folder begins with, before the date",
	"backup_file_suffix":      "stands between an item's title and its id in file names and in temporary export titles",
	"backup_tags":             "an item is backed up when it has at least one of these tags, exactly",
	"directory_tags":          "the first tag of the item that is in this list names its folder",
	"uncategorized_save_tag":  "folder of the items that have none of directory_tags",
	"backup_exclude_types":    "item types that are left out, exactly",
	"backup_exclude_items":    "ids of items that are left out",
	"date_format":             "strftime format of the date in folder names",
	"time_zone":               "IANA name of the zone of that date",
	"archive_number":          "how many complete older backups stay beside the newest one",
	"delete_backup_online":    "delete the temporary export from the portal once its copy is stored or has failed",
	"ignore_existing":         "copy an unchanged item from an older backup instead of exporting it again",
	"export_delay":            "seconds that the waits between repeated attempts grow from",
	"max_retries":             "how often each step of an item is repeated before the item counts as failed",
	"export_timeout":          "seconds from an item's first start after which an unfinished export is given up",
	"max_concurrency":         "items worked on at once, their waits included",
	"allow_empty":             "whether a selection of no items is a success",
	"portal":                  "address of the portal: https, or http on a loopback address",
	"trusted_hosts":           "further host[:port] that may be given the portal's token",
}

// text says a value as a flag or a variable would.
func text(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.String:
		return v.String()
	default:
		return "" // lists are empty by default
	}
}
