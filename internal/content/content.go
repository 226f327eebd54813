// Package content judges whether bytes are what an item should hold: not a
// login page, not the portal's error object, not a file cut short, not a zip
// without data. It is pure: bytes go in as they stream, a verdict comes out.
// Start with Check; watch.go looks at the bytes as they pass, head.go knows
// kinds of file by their first bytes, portal.go the portal's errors, zip.go
// reads a zip's directory, dataset.go says what an export of each format must
// hold, json.go checks JSON of any length.
//
// What is refused is fault.ContentInvalid, but for the portal's own errors
// that may pass (see PortalError).
package content

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// ErrNoData says that the portal has no data for the item: it gave no bytes
// where its size is not 0, or said so in words. Other ways may be left.
var ErrNoData = errors.New("the portal gave no data")

// A Check is what bytes are expected.
type Check struct {
	expect expectation
	name   string // of the file, or the export's format
}

type expectation int

const (
	aFile expectation = iota
	anExport
	someText
)

// Export expects an export in that format, as it is spelt to the portal.
func Export(format string) Check { return Check{anExport, format} }

// File expects an item's own file of that name.
func File(name string) Check { return Check{aFile, name} }

// Text expects JSON.
func Text() Check { return Check{expect: someText} }

// extension is the lower-case end of the file's name, "" for what is no file.
func (c Check) extension() string {
	if c.expect != aFile {
		return ""
	}
	_, ext, _ := cutLast(c.name, ".")
	return strings.ToLower(ext)
}

// thing is what the bytes are called in an error.
func (c Check) thing() string {
	switch c.expect {
	case anExport:
		return "the export"
	case someText:
		return "the item's JSON"
	}
	return "the file"
}

func refuse(format string, args ...any) error {
	return fault.As(fault.ContentInvalid, fmt.Errorf(format, args...))
}

// cutLast is strings.Cut at the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
