package selection

import (
	"cmp"
	"slices"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// What nothing is known of is guessed: bytes a second of a download, and of an
// export that was never made, which also has to be queued. The guesses only
// need to put items into an order.
const (
	moved    = 20 << 20
	exported = 1 << 20
	queued   = 10.0 // seconds
)

// LongestFirst orders entries by how long each will likely take, the longest
// first and equal ones as they are, so that the last item to end is not the
// longest one begun last. It goes by how long the item's export took in the
// last run and by the bytes that came of it; where there was none, by size, an
// item's bytes as the search has them.
func LongestFirst(entries []backup.Entry, size map[string]int64) {
	slices.SortStableFunc(entries, func(a, b backup.Entry) int {
		return cmp.Compare(expected(b.Docket, size[b.Item.ID]), expected(a.Docket, size[a.Item.ID]))
	})
}

// expected is how many seconds an item will take.
func expected(d backup.Docket, size int64) float64 {
	size = max(size, 0)
	switch p := d.Previous; {
	case p != nil:
		return p.Seconds + float64(max(p.Size, size))/moved
	case d.Way == backup.ByExport:
		return queued + float64(size)/exported
	}
	return float64(size) / moved
}
