package transfer

import (
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
)

const (
	// tries of one part one after the other: with one answer in five a 5xx, one
	// part in 400,000 fails them all.
	tries = 8

	// spare repetitions are free; more must be earned, one by each two parts
	// that arrive. So all requests together stay near one and a half times the
	// parts, and a source that is down is soon left alone.
	spare = 8

	// Pauses are drawn from 0 to firstPause, twice as much each time, up to
	// maxPause: the machine repeats the step with longer ones.
	firstPause = 100 * time.Millisecond
	maxPause   = 10 * time.Second

	// maxAsked is how long a pause that the other side asks for is waited for
	// here, where a function is paid for it; a longer one is left to the machine.
	maxAsked = 20 * time.Second
)

// A budget is what repetitions a sitting has left, counted in halves.
type budget struct {
	mu     sync.Mutex
	halves int
}

func newBudget() *budget { return &budget{halves: 2 * spare} }

// earn counts a part that arrived.
func (b *budget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.halves++
}

// spend takes one repetition after err, which ended the try of that number,
// and gives the pause before it; false where none is left.
func (b *budget) spend(try int, err error) (time.Duration, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	asked := askedFor(err)
	if try >= tries || b.halves < 2 || asked > maxAsked {
		return 0, false
	}
	b.halves -= 2
	return asked + rand.N(min(maxPause, firstPause<<(try-1))), true
}

// askedFor is the pause that the source or the bucket asks for in err.
func askedFor(err error) time.Duration {
	var slow interface{ RetryAfter() time.Duration }
	if errors.As(err, &slow) {
		return slow.RetryAfter()
	}
	return 0
}

// mendable reports whether asking for the part again may mend err.
func mendable(err error) bool {
	switch fault.Of(err) {
	case fault.PortalUnavailable, fault.StoreUnavailable, fault.TokenRejected:
		return !errors.Is(err, store.ErrNoUpload)
	}
	return false
}
