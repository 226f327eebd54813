package layout

import (
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// RunID is the id of a run: its start in UTC and 8 hex digits of SHA-256
// over the execution's id, as in 20261123T021500Z-1a2b3c4d. The same start
// and execution give the same id.
func RunID(started time.Time, executionID string) string {
	return started.UTC().Format("20060102T150405Z") + "-" + hexSum(executionID, 8)
}

// Marker is the tag that a bucket puts on its temporary exports, made of
// bytes drawn once: mapkeep-<12 hex>.
func Marker(drawn [6]byte) string { return "mapkeep-" + hex.EncodeToString(drawn[:]) }

// IsMarker reports whether a tag is the marker of this or another bucket.
func IsMarker(tag string) bool { return marker.MatchString(tag) }

var marker = regexp.MustCompile(`^mapkeep-[0-9a-f]{12}$`)

// RunHex is what the last 32 hex digits of a run's temporary exports begin
// with: 16 hex digits that only this run in this bucket has.
func RunHex(bucket, run string) string { return hexSum(bucket+"/"+run, 16) }

// maxTitle is the longest title of a temporary export. The portal takes 256
// characters; counted in UTF-16 units this holds in runes too.
const maxTitle = 250

// ExportTitle is the title of an item's temporary export: the item's title
// made safe and cut, suffix, RunHex, and 16 hex digits for the item and
// attempt. It is at most 250 characters long in UTF-16, and the same
// arguments give the same title.
func ExportTitle(title, suffix, bucket, run, item string, attempt int) string {
	end := ExportEnding(suffix, bucket, run, item, attempt)
	start := trim(cutUnits(trim(replaced(title)), maxTitle-units(end)))
	if start == "" {
		start = "untitled"
	}
	return start + end
}

// ExportEnding is what such a title ends in; it does not depend on the item's
// own title, which may change while a run goes on.
func ExportEnding(suffix, bucket, run, item string, attempt int) string {
	return suffix + RunHex(bucket, run) + hexSum(item+"/"+strconv.Itoa(attempt), 16)
}

// ExportRun is the RunHex in a temporary export's title, "" where the title
// is none.
func ExportRun(title, suffix string) string {
	head, end, ok := cutHex(title)
	if !ok || !strings.HasSuffix(head, suffix) {
		return ""
	}
	return end[:16]
}

// Leftover reports whether an item is a temporary export that was left
// behind, by its tags or by its title.
func Leftover(title string, tags []string, suffix string) bool {
	for _, tag := range tags {
		if IsMarker(tag) {
			return true
		}
	}
	return ExportRun(title, suffix) != ""
}

// cutHex splits off the last 32 characters when they are hex digits.
func cutHex(title string) (head, end string, ok bool) {
	if len(title) < 32 {
		return "", "", false
	}
	head, end = title[:len(title)-32], title[len(title)-32:]
	return head, end, hex32.MatchString(end)
}

var hex32 = regexp.MustCompile(`^[0-9a-f]{32}$`)

func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// cutUnits shortens s to at most n UTF-16 units without splitting a rune.
func cutUnits(s string, n int) string {
	for i, r := range s {
		if n -= max(1, utf16.RuneLen(r)); n < 0 {
			return s[:i]
		}
	}
	return s
}
