package arcgis

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

// A window is a span of created, in milliseconds, both ends included.
type window struct{ from, to int64 }

// everything is wider than any clock; windows at the edge stay open, so that
// an item that appears meanwhile falls into one of them.
var everything = window{0, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).UnixMilli()}

// split halves a window between its oldest and its newest hit.
func (s *search) split(ctx context.Context, w window, first searchPage) error {
	last, err := s.page(ctx, w, 1, newestFirst)
	if err != nil {
		return err
	}
	oldest, newest := firstCreated(first), firstCreated(last)
	switch {
	case oldest < newest:
	case int(first.Total.n) <= mostPaged:
		if first, err = s.page(ctx, w, 1, byTitle); err != nil {
			return err
		}
		return s.pages(ctx, w, first, byTitle)
	default:
		return fmt.Errorf("search %s: more than %d items were created in the same millisecond, and no more can be listed",
			s.text, mostPaged)
	}
	middle := oldest + (newest-oldest)/2
	group, ctx := errgroup.WithContext(ctx)
	for _, half := range []window{{w.from, middle}, {middle + 1, w.to}} {
		group.Go(func() error {
			p, err := s.page(ctx, half, 1, oldestFirst)
			if err != nil {
				return err
			}
			return s.read(ctx, half, p)
		})
	}
	return group.Wait()
}

func firstCreated(p searchPage) int64 {
	if len(p.Results) == 0 {
		return 0
	}
	return p.Results[0].Created.n
}
