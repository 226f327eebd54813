package main

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
	"github.com/mapkeep/mapkeep/internal/backup"
)

// A closing hands the items that an interrupted run had under way to Close,
// as the machine would: Close deletes their exports and writes their records.
type closing struct {
	cloud   *cloud
	caught  backup.Caught
	now     time.Time
	retries int // of the settings; a Close that was told so many gives up trying
}

// A person is waiting: a Close that fails is asked so often, a moment apart.
const (
	closeTries = 3
	closePause = time.Second
)

// items closes all at once.
func (c closing) items(ctx context.Context, open []states.OpenChild) {
	var group sync.WaitGroup
	for _, child := range open {
		if d, ok := docket(child.Data); ok {
			group.Go(func() { c.item(ctx, d) })
		}
	}
	group.Wait()
}

// item closes one. At the last try Close writes the record whatever the
// portal says; what is left there the next run sweeps.
func (c closing) item(ctx context.Context, d backup.Docket) {
	for try := 1; try <= closeTries && ctx.Err() == nil; try++ {
		repeat := 0
		if try == closeTries {
			repeat = c.retries
		}
		payload, err := json.Marshal(map[string]any{
			"docket": d, "error": c.caught, "execution": "", "began": c.now, "repeat": repeat, "now": c.now,
		})
		if err != nil {
			return
		}
		wait := closePause
		if answer, err := (tasks{c.cloud.host}).Invoke(ctx, "close", payload); err == nil {
			if json.Unmarshal(answer, &d) != nil || d.Closed {
				return
			}
			wait = time.Duration(d.Wait) * time.Second
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}
