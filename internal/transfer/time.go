package transfer

import (
	"context"
	"errors"
	"time"
)

// stopMargin is for the checkpoint, with both repeats of its request.
const stopMargin = 10 * time.Second

// errLate ends parts that would outlast the time.
var errLate = errors.New("time is up")

// limit ends what is under way when the time that is left is just enough for
// the checkpoint.
func (m *move) limit(ctx context.Context, end context.CancelCauseFunc) {
	left := m.Stop.Sub(m.Now()) - stopMargin
	if m.Stop.IsZero() || left <= 0 { // then the first part is still to be done
		return
	}
	up := m.After(left)
	go func() {
		select {
		case <-up:
			end(errLate)
		case <-ctx.Done():
		}
	}()
}

// late: the next part, or putting all together, might take twice as long as
// the slowest part so far.
func (m *move) late(slowest time.Duration) bool {
	return !m.Stop.IsZero() && m.Stop.Sub(m.Now()) < 2*slowest+stopMargin
}
