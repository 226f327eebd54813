package arcgistest

import (
	"sync"
	"time"
)

// Clock is the portal's time: real time plus an offset, or, when it was made
// by At, a time that moves by Advance alone.
type Clock struct {
	mu     sync.Mutex
	fixed  bool
	at     time.Time
	offset time.Duration
}

// At is a clock that stands at t until it is advanced.
func At(t time.Time) *Clock { return &Clock{fixed: true, at: t.UTC()} }

// Now is the portal's time in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fixed {
		return c.at
	}
	return time.Now().UTC().Add(c.offset)
}

// Advance moves the clock forward by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.offset = c.at.Add(d), c.offset+d
}

// millis is how the portal writes a time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return -1
	}
	return t.UnixMilli()
}
