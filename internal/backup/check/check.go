// Package check is the step that takes one look at a temporary export:
// pending, ready or failed. It starts nothing, and says how long to wait
// before the next look.
package check

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/ledger"
	"github.com/mapkeep/mapkeep/internal/login"
)

const (
	growth  = 1.6 // each wait is so much longer than the one before
	longest = 60  // seconds; longer only where export_timeout is so long that a history would overflow
	oddest  = 10  // answers in a row that say neither yes nor no before the attempt is given up
)

// What a look can say beside ready and pending.
const (
	failed = "failed"
	lost   = "lost"
)

// Room is the step and its tools.
type Room struct {
	Ledger  ledger.Ledger
	Portals *login.Login
}

// Run takes one look.
func (r Room) Run(ctx context.Context, call backup.Call) (backup.Docket, error) {
	d := call.Docket
	d.Retries += call.Repeat
	d.Rounds++
	d.Export.Looks++
	run, err := r.Ledger.Run(ctx, d.Run)
	if err != nil {
		return d, err
	}
	portal, err := r.Portals.Portal(ctx, run)
	if err != nil {
		return d, err
	}
	state, text, err := look(ctx, portal, &d)
	var slow *arcgis.Throttled
	if errors.As(err, &slow) {
		if !d.Throttled(slow.After) {
			return d, backup.TooSlow(err)
		}
		return inTime(d, run.Settings, call.Time())
	}
	switch {
	case err != nil:
		return d, fmt.Errorf("look at the export: %w", err)
	case state == backup.ExportReady:
		d.Export.State, d.Wait = state, 0
		d.Export.Seconds = call.Time().Sub(d.Export.Started).Seconds()
		return d, nil
	case state == backup.ExportPending:
		d.Wait = next(d, run.Settings)
		return inTime(d, run.Settings, call.Time())
	case state == lost:
		return again(d, run.Settings, call.Time(), fault.ExportLost, text)
	}
	return again(d, run.Settings, call.Time(), fault.ExportFailed, text)
}

// look asks for the job's status and believes the item more than the status:
// a status of 400 was seen for an export that was there in the end, and a
// "completed" for one that had no bytes yet.
func look(ctx context.Context, portal *arcgis.Client, d *backup.Docket) (state, text string, err error) {
	said, text, err := portal.ExportStatus(ctx, d.Export.Owner, d.Export.Item, d.Export.Job)
	state = string(said)
	switch {
	case err != nil && !odd(err):
		return "", "", err
	case err == nil && state == failed, err == nil && state == backup.ExportPending && d.Export.Job != "":
		d.Export.Odd = 0
		return state, text, nil
	}
	item, _, gone := portal.Item(ctx, d.Export.Item)
	switch {
	case fault.Is(gone, fault.ItemGone):
		return lost, "the portal forgot the export it had begun", nil
	case gone != nil:
		return "", "", gone
	}
	d.Export.Odd++
	return judge(d.Export, item, state, err)
}

// odd reports whether an error is an answer about the job itself.
func odd(err error) bool {
	var said *arcgis.Error
	if !errors.As(err, &said) {
		return false
	}
	kind := fault.Of(err)
	return kind != fault.LoginRefused && kind != fault.TokenRejected && kind != fault.PortalUnavailable
}

// judge decides by the temporary item where the status alone does not: a
// refused status with bytes is believed at the second look, a "completed"
// without bytes at the third, and Download checks them. An export that was
// adopted has no job id to ask for, so its item alone tells until time is up.
func judge(x backup.Export, item arcgis.Item, said string, refused error) (state, text string, err error) {
	adopted := x.Job == ""
	switch {
	case said == backup.ExportReady && (item.Size != 0 || x.Odd >= 3):
		return backup.ExportReady, "", nil
	case said != backup.ExportReady && item.Size > 0 && x.Odd >= 2:
		return backup.ExportReady, "", nil
	case refused != nil && x.Odd >= oddest && !adopted:
		return failed, refused.Error(), nil
	}
	return backup.ExportPending, "", nil
}

// next is the wait before the next look. It grows with the looks alone: a
// first wait as long as the export took last, or one that the portal asked
// for, says nothing about what is left.
func next(d backup.Docket, s backup.Settings) int {
	most := float64(max(longest, s.ExportTimeout/2000))
	return int(math.Min(most, math.Ceil(math.Pow(growth, float64(d.Export.Looks)))))
}

// inTime lets a pending export go on, unless its time or its rounds are over.
// The last look comes right at the end of export_timeout.
func inTime(d backup.Docket, s backup.Settings, now time.Time) (backup.Docket, error) {
	left := s.Deadline(d.Began).Sub(now)
	switch {
	case left <= 0:
		return d, fault.New(fault.ExportFailed, fmt.Sprintf("the export was given up: it was not ready within export_timeout (%d s)", s.ExportTimeout))
	case d.Rounds >= backup.MaxRounds:
		return d, fault.New(fault.ExportFailed, fmt.Sprintf("the export was given up after %d looks", d.Rounds))
	}
	d.Wait = min(d.Wait, backup.Whole(left))
	return d, nil
}

// again gives a failed or lost attempt back to Export, after a drawn wait, as
// long as there are tries left.
func again(d backup.Docket, s backup.Settings, now time.Time, kind fault.Kind, text string) (backup.Docket, error) {
	if !d.TriesLeft(s) {
		return d, fault.New(kind, fmt.Sprintf("the portal could not export the item, %d attempts: %s", d.Export.Attempt, text))
	}
	d.ExportAnew(s, text)
	return inTime(d, s, now)
}
