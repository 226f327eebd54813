// Package catalog holds the two documents of a backup: the manifest, which
// makes a folder a backup and tells every object of it, and the JSON log,
// which people read. It writes and reads them as streams, so that a backup of
// 100,000 items needs no more memory than one of ten, and counts what a run
// achieved. It touches neither portal nor bucket: it is given writers,
// readers and records. Start with WriteManifest and WriteLog.
package catalog

import (
	"errors"
	"time"
)

// ErrStop is what a callback of ReadManifest returns to end the reading early and
// well.
var ErrStop = errors.New("stop reading")

// list is l, or an empty list in place of none: no list in our documents is
// ever null.
func list(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

// moment is t in UTC, or nil (null) where there is none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// text is t, or nil (null) where it is empty.
func text[T ~string](t T) *T {
	if t == "" {
		return nil
	}
	return &t
}
