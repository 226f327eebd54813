package machinetest

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// clock is virtual time. It stands still as long as anybody works; when all
// executions sleep, it jumps to the first that wakes, and the portal's clock
// with it.
type clock struct {
	mu       sync.Mutex
	portal   *arcgistest.Clock
	working  int // executions that run and are not blocked in their Map
	sleepers []sleeper
}

type sleeper struct {
	at   time.Time
	wake chan struct{}
}

func newClock(portal *arcgistest.Clock) *clock { return &clock{portal: portal} }

// Now is the portal's time.
func (c *clock) Now() time.Time { return c.portal.Now() }

// Sleep lets d pass.
func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	s := sleeper{c.Now().Add(d), make(chan struct{})}
	c.mu.Lock()
	c.sleepers = append(c.sleepers, s)
	c.move()
	c.mu.Unlock()
	select {
	case <-s.wake:
	case <-ctx.Done():
		c.forget(s)
	}
	return ctx.Err()
}

func (c *clock) forget(s sleeper) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sleepers = slices.DeleteFunc(c.sleepers, func(o sleeper) bool { return o.wake == s.wake })
	c.move()
}

// work counts executions that begin (1) or end (-1).
func (c *clock) work(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.working += n
	c.move()
}

// move jumps when nobody works. The caller holds the lock.
func (c *clock) move() {
	if len(c.sleepers) == 0 || len(c.sleepers) < c.working {
		return
	}
	first := slices.MinFunc(c.sleepers, func(a, b sleeper) int { return a.at.Compare(b.at) }).at
	if d := first.Sub(c.portal.Now()); d > 0 {
		c.portal.Advance(d)
	}
	c.sleepers = slices.DeleteFunc(c.sleepers, func(s sleeper) bool {
		if s.at.After(first) {
			return false
		}
		close(s.wake)
		return true
	})
}

// advance moves the clock while nobody runs.
func (c *clock) advance(d time.Duration) { c.portal.Advance(d) }
