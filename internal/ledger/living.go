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

// Traces are what a run's working files tell of it.
type Traces struct {
	Newest   time.Time // when it last wrote one; zero where there are none
	Finished bool
	Dead     bool // it was buried
}

// Living reports whether the run may still be at work: it is not finished,
// not buried, and has written something within Patience. Its age says
// nothing: a large run may take a week.
func (t Traces) Living(now time.Time) bool {
	return !t.Finished && !t.Dead && t.Newest.Add(Patience).After(now)
}

// Traces looks at a run's working files.
func (l Ledger) Traces(ctx context.Context, run string) (Traces, error) {
	var t Traces
	if run == "" {
		return t, nil
	}
	for object, err := range l.Store.List(ctx, l.keys().RunPrefix(run)) {
		if err != nil {
			return t, err
		}
		t.Finished = t.Finished || object.Key == l.keys().Finished(run)
		t.Dead = t.Dead || object.Key == l.keys().Dead(run)
		if object.Modified.After(t.Newest) {
			t.Newest = object.Modified
		}
	}
	return t, nil
}

// Unfinished are the ids of runs that have working files, never finished and
// were not buried.
func (l Ledger) Unfinished(ctx context.Context) ([]string, error) {
	runs, err := l.Runs(ctx)
	if err != nil {
		return nil, err
	}
	var open []string
	for _, run := range runs {
		traces, err := l.Traces(ctx, run)
		if err != nil {
			return nil, err
		}
		if !traces.Finished && !traces.Dead {
			open = append(open, run)
		}
	}
	return open, nil
}

// Items gives the key of a run's items.json.
func (l Ledger) Items(run string) string { return l.keys().Items(run) }

// Results gives the prefix for the Map's ResultWriter.
func (l Ledger) Results(run string) string { return l.keys().Results(run) }

// Checkpoint gives the key of an item's transfer in progress.
func (l Ledger) Checkpoint(run, item string) string { return l.keys().Checkpoint(run, item) }
