package backup

import (
	"fmt"
	"time"
)

// capture is raised when what Mapkeep takes of an item changes, so that
// copies of the older kind are not carried forward.
const capture = 1

// Fingerprint tells two states of an item apart. It is read by id right
// before the bytes are asked for, never from the search, whose index lags;
// edited is the newest of all layers' and tables' dates, since an item's own
// date does not move when its features are edited. An item whose edits can't
// be told (known is false) has the fingerprint "", which equals nothing.
func Fingerprint(way Way, format string, modified time.Time, size int64, edited time.Time, known bool) string {
	if !known {
		return ""
	}
	return fmt.Sprintf("%d %s %q modified %d size %d edited %d", capture, way, format, millis(modified), size, millis(edited))
}

// Unchanged reports whether an item is as its older copy holds it.
func (d Docket) Unchanged(fingerprint string) bool {
	return fingerprint != "" && d.Previous != nil && d.Previous.Key != "" && !d.Afresh && d.Previous.Fingerprint == fingerprint
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
