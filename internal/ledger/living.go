package ledger

import (
	"context"
	"time"
)

// Patience is how long a run may leave no trace before it counts as dead. An
// item's export, all attempts together, takes three days at most, so a living
// run writes something within four.
const Patience = 4 * 24 * time.Hour

// Finish marks a run as finished: what is left of it in the portal may be
// swept. A second call writes the same.
func (l Ledger) Finish(ctx context.Context, run string) error {
	return l.Store.Put(ctx, l.keys().Finished(run), []byte("finished\n"), "text/plain")
}

// Bury marks a run as dead at once; `mapkeep` does so for what it finds
// unfinished in a folder that it alone holds.
func (l Ledger) Bury(ctx context.Context, run string) error {
	return l.Store.Put(ctx, l.keys().Dead(run), []byte("dead\n"), "text/plain")
}

// Stop tells the rooms of a run not to sign in any more: the portal refused
// us, and an account locks after a few wrong passwords.
func (l Ledger) Stop(ctx context.Context, run, reason string) error {
	return l.Store.Put(ctx, l.keys().Stop(run), []byte(reason), "text/plain")
}

// Stopped is the reason a run was told to stop, "" where it was not.
func (l Ledger) Stopped(ctx context.Context, run string) (string, error) {
	key := l.keys().Stop(run)
	there, err := l.Store.Exists(ctx, key)
	if err != nil || !there {
		return "", err
	}
	reason, err := l.Store.Get(ctx, key)
	return string(reason), err
}

// Runs are the ids of all runs that have working files.
func (l Ledger) Runs(ctx context.Context) ([]string, error) {
	return l.Store.Folders(ctx, l.keys().RunsPrefix())
}

// Ended reports whether a run came to its end or was buried.
func (l Ledger) Ended(ctx context.Context, run string) (bool, error) {
	finished, err := l.Store.Exists(ctx, l.keys().Finished(run))
	if err != nil || finished {
		return finished, err
	}
	return l.Dead(ctx, run)
}

// Dead reports whether a run was buried.
func (l Ledger) Dead(ctx context.Context, run string) (bool, error) {
	return l.Store.Exists(ctx, l.keys().Dead(run))
}

// Living reports whether a run may still be at work: it has not ended, and has
// written something within Patience. Its age says nothing: a large run may
// take a week. The first young file is enough, since a run may have hundreds
// of thousands.
func (l Ledger) Living(ctx context.Context, run string, now time.Time) (bool, error) {
	ended, err := l.Ended(ctx, run)
	if err != nil || ended {
		return false, err
	}
	for object, err := range l.Store.List(ctx, l.keys().RunPrefix(run)) {
		if err != nil || object.Modified.Add(Patience).After(now) {
			return err == nil, err
		}
	}
	return false, nil
}

// Touched is when a run last wrote a working file; zero where there are none.
func (l Ledger) Touched(ctx context.Context, run string) (time.Time, error) {
	var newest time.Time
	for object, err := range l.Store.List(ctx, l.keys().RunPrefix(run)) {
		if err != nil {
			return newest, err
		}
		if object.Modified.After(newest) {
			newest = object.Modified
		}
	}
	return newest, nil
}

// Items gives the key of a run's items.json.
func (l Ledger) Items(run string) string { return l.keys().Items(run) }

// Results gives the prefix for the Map's ResultWriter.
func (l Ledger) Results(run string) string { return l.keys().Results(run) }

// Checkpoint gives the key of an item's transfer in progress.
func (l Ledger) Checkpoint(run, item string) string { return l.keys().Checkpoint(run, item) }
