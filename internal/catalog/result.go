package catalog

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Result is the output of an execution, and of `mapkeep run --json`.
type Result struct {
	Run       string `json:"run"`
	Folder    string `json:"folder"`
	Status    string `json:"status"`
	Log       string `json:"log"` // its key
	Items     Counts `json:"items"`
	Bytes     int64  `json:"bytes"`
	Retention Tally  `json:"retention"`
}

// A Tally is how many folders stay and how many this run marks.
type Tally struct {
	Kept    int `json:"kept"`
	Expired int `json:"expired"`
}

// NewResult is the result of a run whose log says info and lies at key log.
func NewResult(folder, log string, info Info) Result {
	return Result{
		Run: info.Run, Folder: folder, Status: info.Status, Log: log, Bytes: info.Bytes,
		Items:     Counts{info.Total, info.BackedUp, info.Failed, info.Unchanged, info.Skipped},
		Retention: Tally{len(info.Retention.Kept), len(info.Retention.Expired)},
	}
}

// Bounds on a Cause. Step Functions takes 32,768 characters; a page of the
// console shows far fewer, and the log has the rest.
const (
	shown    = 25   // failed items
	longest  = 1000 // bytes of one text
	maxCause = 32000
)

// Cause explains a run that is partial or failed, for the execution's Cause:
// the counts, what ended the run as a whole (failure, "" where nothing did),
// the log's key ("" where there is none), the first failed items.
// It is at most 32,000 bytes of UTF-8.
func Cause(s Summary, status, failure, log string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d of %d items failed, %d backed up (%d unchanged), %d skipped",
		status, s.Failed, s.Total, s.BackedUp, s.Unchanged, s.Skipped)
	if failure != "" {
		b.WriteString("; " + clip(failure, longest))
	}
	if log == "" {
		b.WriteString("; no log")
	} else {
		b.WriteString("; log: " + log)
	}
	told := 0
	for _, r := range s.First {
		line := fmt.Sprintf("\n%s %s: %s", clip(r.ID, longest), clip(fmt.Sprintf("%q", r.Title), longest), clip(failureText(r.Failure), longest))
		if b.Len()+len(line) > maxCause-100 {
			break
		}
		b.WriteString(line)
		told++
	}
	if more := s.Failed - told; more > 0 {
		fmt.Fprintf(&b, "\nand %d more, see the log", more)
	}
	return clip(b.String(), maxCause)
}

// clip cuts t to at most n bytes, at a rune, and makes it valid UTF-8.
func clip(t string, n int) string {
	t = strings.ToValidUTF8(t, "\uFFFD")
	if len(t) <= n {
		return t
	}
	n -= len("…")
	for !utf8.RuneStart(t[n]) {
		n--
	}
	return t[:n] + "…"
}
