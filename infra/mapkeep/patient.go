package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/fault"
)

// A patient repeats questions by the machine's own rules, for a command that
// runs without the machine.
type patient struct {
	retries int // of one question
	delay   int // seconds that the waits grow from
	say     func(format string, args ...any)
}

const (
	longestWait  = 300 * time.Second // between two tries
	mostThrottle = 60                // pauses the portal may ask for; they are no retries
)

// until asks until there is an answer, an error that repeating does not mend,
// or no try left.
func (p patient) until(ctx context.Context, ask func() error) error {
	for try, pauses := 0, 0; ; {
		err := ask()
		var slow *arcgis.Throttled
		wait := min(longestWait, time.Duration(p.delay)*time.Second<<min(try, 16))
		switch {
		case err == nil, ctx.Err() != nil:
			return err
		case errors.As(err, &slow) && pauses < mostThrottle:
			pauses++
			wait = slow.After
			p.say("(the portal asks to wait %s)", wait)
		case slices.Contains(fault.Retried(), fault.Of(err)) && try < p.retries:
			try++
			wait = rand.N(wait + 1)
		default:
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
