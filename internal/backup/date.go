package backup

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ncruces/go-strftime"
)

// tokens are the strftime tokens that date_format may use; each means what
// it means in Python, with English names.
const tokens = "YmdHMSybBjaApIfZz%"

// Date writes t by date_format in time_zone. A format or zone that Check
// refuses is an error.
func (s Settings) Date(t time.Time) (string, error) {
	zone, err := location(s.TimeZone)
	if err != nil {
		return "", fmt.Errorf("time_zone %w", err)
	}
	date, err := format(s.DateFormat, t.In(zone))
	if err != nil {
		return "", fmt.Errorf("date_format %w", err)
	}
	return date, nil
}

func format(layout string, t time.Time) (string, error) {
	if err := checkFormat(layout); err != nil {
		return "", err
	}
	date := strftime.Format(layout, t)
	if len(date) > maxName {
		return "", fmt.Errorf("is %s, which makes a date of %d bytes: at most %d are allowed", quote(layout), len(date), maxName)
	}
	return date, nil
}

// checkFormat refuses unknown tokens and characters that can't be part of a
// name. Of the tokens none ever writes such a character.
func checkFormat(format string) error {
	if !utf8.ValidString(format) {
		return errUTF8
	}
	rest := format
	for {
		literal, after, found := strings.Cut(rest, "%")
		if i := strings.IndexFunc(literal, Unsafe); i >= 0 {
			return fmt.Errorf("is %s, which would put %q into a folder's name: take another character", quote(format), []rune(literal[i:])[0])
		}
		if !found {
			return nil
		}
		if after == "" {
			return fmt.Errorf("is %s, which ends in a lone %%: write %%%% for a per cent sign", quote(format))
		}
		if strings.IndexByte(tokens, after[0]) < 0 {
			return fmt.Errorf("is %s, where %%%c is not known: use %s", quote(format), []rune(after)[0], known())
		}
		rest = after[1:]
	}
}

func known() string {
	return "%" + strings.Join(strings.Split(tokens, ""), " %")
}

// location finds a zone by its IANA name. The names "" and "Local", which
// Go knows too, would mean another zone on another computer.
func location(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("is %s: it must be an IANA name, as in Europe/Berlin", quote(name))
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("is %s, which is not a known IANA name: write it as in Europe/Berlin", quote(name))
	}
	return zone, nil
}

// longest are moments whose names of days and months are the longest, in
// summer and in winter.
var longest = []time.Time{
	time.Date(2026, time.September, 23, 22, 30, 30, 123456000, time.UTC),
	time.Date(2026, time.December, 23, 22, 30, 30, 123456000, time.UTC),
}

// checkDates refuses a format that makes too long a date, or a folder name
// that a file system would change. Without a dot in front it can't be the
// folder of working files either.
func (s Settings) checkDates(zone *time.Location) error {
	for _, t := range longest {
		date, err := format(s.DateFormat, t.In(zone))
		if err != nil {
			return err
		}
		name := s.BackupDirectoryPrefix + date
		switch {
		case name == "":
			return errors.New("is empty, and so is backup_directory_prefix: a run's folder needs a name, write one of the two")
		case strings.Trim(name, ". ") != name:
			return fmt.Errorf("makes, after backup_directory_prefix, the folder name %s: it must not begin or end with a dot or a space", quote(name))
		}
	}
	return nil
}
