package backup

import (
	"fmt"
	"unicode/utf8"
)

// A docket has little room: an item may be tried 21 times, and a portal's
// texts are long.
const (
	mostWarnings = 10
	longestWarn  = 200 // bytes
)

// Warn notes something that people should know of the item: the first ten
// texts, cut to 200 bytes, and how many came after them.
func (d *Docket) Warn(text string) {
	if len(d.Warnings) >= mostWarnings {
		d.Unsaid++
		return
	}
	d.Warnings = append(d.Warnings, shortened(text))
}

// Told are the docket's warnings as a record shows them; never nil.
func (d Docket) Told() []string {
	told := append([]string{}, d.Warnings...)
	if d.Unsaid > 0 {
		told = append(told, fmt.Sprintf("%d more warnings are left out", d.Unsaid))
	}
	return told
}

// shortened cuts a text between two runes.
func shortened(text string) string {
	const dots = "…"
	if len(text) <= longestWarn {
		return text
	}
	end := longestWarn - len(dots)
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + dots
}
