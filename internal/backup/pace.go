package backup

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Delay is the longest wait, in whole seconds, before attempt n of a step is
// repeated: min(300, export_delay x 2^(n-1)). The wait itself is drawn evenly
// from 0 to it, as JitterStrategy FULL does in the machine.
func (s Settings) Delay(n int) int {
	return int(math.Min(300, float64(s.ExportDelay)*math.Pow(2, float64(n-1))))
}

// TriesLeft reports whether one more export may be started.
func (d Docket) TriesLeft(s Settings) bool { return d.Export.Attempt <= s.MaxRetries }

// ExportAnew gives a failed attempt back to Export, after a drawn wait.
func (d *Docket) ExportAnew(s Settings, why string) {
	d.Warn(fmt.Sprintf("export attempt %d failed: %s", d.Export.Attempt, why))
	d.Wait = rand.IntN(s.Delay(d.Export.Attempt) + 1)
	d.Export.Attempt++
	d.Retries++
	d.Export.State = ExportAgain
}

// Deadline is when an item's export is given up, all attempts together.
func (s Settings) Deadline(began time.Time) time.Time {
	return began.Add(time.Duration(s.ExportTimeout) * time.Second)
}

// Throttled notes that the portal asked for a slower pace; it reports false
// once it has asked too often. Such a wait is no retry.
func (d *Docket) Throttled(after time.Duration) bool {
	d.Wait = Whole(after)
	d.Throttles++
	return d.Throttles <= MaxThrottles
}

// TooSlow says that the portal asked for a slower pace too often.
func TooSlow(err error) error {
	return fmt.Errorf("given up after %d pauses that the portal asked for: %w", MaxThrottles, err)
}

// Whole rounds a wait up to the whole seconds that a Wait state takes.
func Whole(d time.Duration) int { return max(0, int(math.Ceil(d.Seconds()))) }

// Share gives a part of the time that a call has left, so that enough is kept
// for what must come after; all of it where the call has no deadline.
func Share(ctx context.Context, part float64) (context.Context, context.CancelFunc) {
	end, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Duration(float64(time.Until(end))*part))
}
