package backup

import (
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
