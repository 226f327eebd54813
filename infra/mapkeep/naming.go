package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/layout"
)

// What a name may be differs between systems, and what differs is asked here,
// by the system's name, so that every system's rules are tested on each. The
// keys of backups fit every system by themselves; what a person names, a place
// and a backup_directory, is looked at before anything is touched.

const windows = "windows"

// longestName is what file systems take for one part of a path: bytes, on
// Windows UTF-16 units.
const longestName = 255

// misnamed says what keeps a system from having a file or folder of this
// name, "" where nothing does. The rules of Windows are those of "Naming Files,
// Paths, and Namespaces".
func misnamed(system, name string) string {
	if system != windows {
		if len(name) > longestName {
			return fmt.Sprintf("a name can have %d bytes and this one has %d", longestName, len(name))
		}
		return ""
	}
	bad := strings.IndexFunc(name, func(r rune) bool { return r < ' ' || strings.ContainsRune(`<>:"/\|?*`, r) })
	units := len(utf16.Encode([]rune(name)))
	switch {
	case bad >= 0:
		return fmt.Sprintf("Windows allows no %q in a name", name[bad:bad+1])
	case strings.TrimRight(name, ". ") != name:
		return "Windows drops the dots and spaces that a name ends in"
	case layout.FolderName(name, "", 1) != name:
		return "Windows means a device by that name"
	case units > longestName:
		return fmt.Sprintf("a name can have %d characters and this one has %d", longestName, units)
	}
	return ""
}

// folderMisnamed says why a text that a person gave names no folder of a
// system, nil where it does. Whether the folder is there is another question.
func folderMisnamed(system, folder string) error {
	if scheme, _, ok := strings.Cut(folder, "://"); ok && len(scheme) > 1 && !strings.ContainsFunc(scheme, notScheme) {
		return fmt.Errorf("%s is an address: write the folder's own path", folder)
	}
	if system != windows {
		return nil // whatever else there is the system says itself
	}
	if strings.Contains(folder, `"`) {
		return fmt.Errorf(`%s holds a quotation mark: leave out the backslash at the end of "C:\a folder\", Windows takes both for a quotation mark in the name`, folder)
	}
	path := strings.ReplaceAll(folder, "/", `\`)
	if len(path) > 1 && path[1] == ':' && unicode.IsLetter(rune(path[0])) {
		path = path[2:]
	}
	for part := range strings.SplitSeq(path, `\`) {
		if why := misnamed(system, part); why != "" && part != "." && part != ".." {
			return fmt.Errorf("%s can't be a folder: %q: %s", folder, part, why)
		}
	}
	return nil
}

func notScheme(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("+-.", r)
}

// placeMisnamed says why a text that a person gave names no place.
func placeMisnamed(system, place string) error {
	if !local(place) {
		return nil
	}
	if len(place) > 3 && strings.EqualFold(place[:3], "s3:") {
		return fmt.Errorf("%s is no place: write s3://BUCKET or s3://BUCKET/PREFIX", place)
	}
	return folderMisnamed(system, place)
}

// directoryMisnamed says why the store in a folder can't have a
// backup_directory: objects are plain files there, so each part of their keys
// must be a name. A bucket takes any.
func directoryMisnamed(system, place, directory string) error {
	if place == "" || !local(place) || directory == "" {
		return nil
	}
	parts := strings.Split(directory, "/")
	if strings.EqualFold(parts[0], ".sgwtmp") {
		return fmt.Errorf("backup_directory is %q: %s is the local store's own, take another folder", directory, parts[0])
	}
	for _, part := range parts {
		if why := misnamed(system, part); why != "" {
			return fmt.Errorf("backup_directory is %q, and %q can't be a folder here: %s; take another, or back up to a bucket", directory, part, why)
		}
	}
	return nil
}

// named is a usage error where one of the names can't be, nil otherwise.
func named(all ...error) error {
	if err := errors.Join(all...); err != nil {
		return usageError{err}
	}
	return nil
}

// readFor is read, and looks whether the settings fit the place. All mistakes
// are told at once.
func (f settingFlags) readFor(place string) (backup.Settings, error) {
	s, err := f.read()
	directory := directoryMisnamed(runtime.GOOS, place, s.BackupDirectory)
	return s, named(placeMisnamed(runtime.GOOS, place), directory, err)
}

// variable is the name of a variable in an environment as it is compared: on
// Windows its case tells nothing.
func variable(system, pair string) string {
	name, _, _ := strings.Cut(pair, "=")
	if system == windows {
		return strings.ToUpper(name)
	}
	return name
}

// dropping reports whether a file that lies in a folder is a file manager's
// own: what macOS or Windows leaves where somebody has looked.
func dropping(key string) bool {
	switch name := layout.Name(key); strings.ToLower(name) {
	case ".ds_store", "thumbs.db", "desktop.ini":
		return true
	default:
		return strings.HasPrefix(name, "._")
	}
}
