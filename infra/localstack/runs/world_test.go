//go:build localstack

package runs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/mapkeep/mapkeep/infra/localstack"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/store"
)

// A world is what all scenarios share: LocalStack, what is deployed there,
// and the program.
type world struct {
	cloud   *localstack.Cloud
	stack   string // folder that can be deployed
	program string // mapkeep
	mail    *mail
}

func open(t *testing.T) *world {
	t.Helper()
	w := &world{cloud: localstack.Open(t, root), program: filepath.Join(t.TempDir(), "mapkeep")}
	w.stack, w.mail = w.cloud.Build(), openMail(t, w.cloud)
	build := exec.Command("go", "build", "-o", w.program, "./infra/mapkeep")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build mapkeep: %v\n%s", err, out)
	}
	return w
}

// A side plays runs, and gives what can be seen of them.
type side interface {
	// run plays one night.
	run(context.Context, night) (ended, error)
	// place is what `mapkeep` calls the place of the backups.
	place() string
	// verify has `mapkeep verify` read the backups again.
	verify(context.Context) ([]byte, error)
	// undone says what was overwritten or deleted since it was stored.
	undone(context.Context) (string, error)
	// open gives the bucket, and what to call before the next run.
	open(context.Context) (*store.Store, func(), error)
	// calls are the calls of the functions so far, in their order.
	calls(context.Context) ([]call, error)
}

// An ended is how an execution ended, as Step Functions says it.
type ended struct {
	Status, Error, Cause string
	Output               json.RawMessage
}

// A call is one of a function, as the line says that the function logs first.
type call struct {
	At      string `json:"timestamp"`
	Message string `json:"message"`
	Room    string `json:"room"`
	Run     string `json:"run"`  // of an item's function
	Item    string `json:"item"` // "" for List and Finish
}

// play plays a scenario on both sides at once, and gives the facts of both;
// dir is what is deployed.
func (w *world) play(ctx context.Context, t *testing.T, s scenario, dir string) (local, cloud facts, err error) {
	var sides sync.WaitGroup
	var wrong [2]error
	sides.Go(func() {
		local, wrong[0] = s.play(ctx, t, func(p *arcgistest.Portal) (side, error) { return w.local(t, s, p) })
	})
	sides.Go(func() {
		cloud, wrong[1] = s.play(ctx, t, func(p *arcgistest.Portal) (side, error) { return w.deployed(ctx, s, p, dir) })
	})
	sides.Wait()
	return local, cloud, errors.Join(wrong[:]...)
}

// play plays the nights of a scenario on one side.
func (s scenario) play(ctx context.Context, t *testing.T, start func(*arcgistest.Portal) (side, error)) (facts, error) {
	holds, err := s.holds()
	if err != nil {
		return nil, err
	}
	p, err := arcgistest.Open(holds)
	if err != nil {
		return nil, err
	}
	t.Cleanup(p.Close)
	at, err := start(p)
	if err != nil {
		return nil, err
	}
	if s.marker != "" {
		if err := mark(ctx, at, s.marker); err != nil {
			return nil, err
		}
	}
	var ends []ended
	for n, night := range s.plays() {
		for _, id := range ids(p, night.edit) {
			p.EditFeatures(id)
		}
		end, err := at.run(ctx, night)
		if err != nil {
			return nil, fmt.Errorf("night %d: %w", n+1, err)
		}
		ends = append(ends, end)
	}
	return gather(ctx, at, p, ends)
}

// mark gives a bucket its tag before the first run draws one.
func mark(ctx context.Context, at side, tag string) error {
	bucket, done, err := at.open(ctx)
	if err != nil {
		return err
	}
	defer done()
	_, err = bucket.Create(ctx, ".mapkeep/id", []byte(tag))
	return err
}
