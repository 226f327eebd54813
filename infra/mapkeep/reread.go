package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/layout"
	"github.com/mapkeep/mapkeep/internal/store"
)

const (
	readers   = 8                // objects read at once: enough to hide a bucket's latency, few enough for a disk
	readTries = 3                // of one object; the SDK repeats requests, but not a body that breaks off
	mostSick  = 20               // objects that can't be read, after which the place itself is taken as sick
	pulse     = 10 * time.Second // between two words about progress
)

// A reread reads objects of backups again and gathers what differs.
type reread struct {
	*place
	files atomic.Int64 // read so far
	bytes atomic.Int64

	mu    sync.Mutex
	found []difference
	sick  int
}

// note gathers a difference; nil is none.
func (r *reread) note(d *difference) {
	if d == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found = append(r.found, *d)
}

// take gives what was gathered and begins anew.
func (r *reread) take() []difference {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := sorted(r.found)
	r.found = nil
	return found
}

// object reads an object and says how it differs from f, nil where it does
// not. reset gives the writer that is told the bytes too; it is asked again
// when a try begins anew. An error says that nothing more can be read, or is
// the writer's.
func (r *reread) object(ctx context.Context, folder string, f backup.File, reset func() (io.Writer, error)) (*difference, error) {
	for try := 1; ; try++ {
		w, err := reset()
		if err != nil {
			return nil, err
		}
		d, err := r.once(ctx, layout.Under(folder, f.Key), f, w)
		var ours *writeError
		switch {
		case err == nil:
			r.files.Add(1)
			return d, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.As(err, &ours):
			return nil, ours.error
		case fault.Is(err, fault.StoreUnavailable) && try < readTries:
		default:
			return differs(f, whatUnreadable, err.Error()), r.sicken(err)
		}
	}
}

// sicken counts an object that can't be read.
func (r *reread) sicken(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sick++; r.sick < mostSick {
		return nil
	}
	return fmt.Errorf("gave up after %d objects that can't be read; the last: %w", r.sick, err)
}

// once is one try.
func (r *reread) once(ctx context.Context, key string, f backup.File, w io.Writer) (*difference, error) {
	body, o, err := r.Store.Reader(ctx, key)
	if errors.Is(err, store.ErrMissing) {
		return differs(f, whatMissing, ""), nil
	}
	if err != nil {
		return nil, err
	}
	defer body.Close()
	if d := sizeDiffers(f, o.Size); d != nil {
		return d, nil
	}
	c := newChecker(f)
	_, err = io.Copy(io.MultiWriter(c, counter{&r.bytes}, told{w}), body)
	altered := errors.Is(err, store.ErrAltered)
	if err != nil && !altered {
		return nil, err
	}
	d := c.verdict()
	if d == nil && altered {
		d = differs(f, whatChanged, "the bytes are as in the manifest, but not as in the checksum that the bucket keeps")
	}
	return d, nil
}

// told writes, and marks its errors as those of the writer.
type told struct{ io.Writer }

func (t told) Write(p []byte) (int, error) {
	n, err := t.Writer.Write(p)
	if err != nil {
		err = &writeError{err}
	}
	return n, err
}

type writeError struct{ error }

// Unwrap gives the writer's own error.
func (e *writeError) Unwrap() error { return e.error }

// counter counts bytes.
type counter struct{ n *atomic.Int64 }

func (c counter) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return len(p), nil
}

// spool brings a manifest to a temporary file, which the caller closes with
// drop: it is read as slowly as the objects it names, and no bucket keeps an
// answer open that long. altered reports that its bytes are not those that
// the bucket has the checksum of.
func (r *reread) spool(ctx context.Context, key string) (file *os.File, altered bool, err error) {
	body, _, err := r.Store.Reader(ctx, key)
	if err != nil {
		return nil, false, err
	}
	defer body.Close()
	file, err = os.CreateTemp("", "mapkeep-manifest-")
	if err != nil {
		return nil, false, err
	}
	_, err = io.Copy(file, body)
	if altered = errors.Is(err, store.ErrAltered); altered {
		err = nil
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		drop(file)
		return nil, false, err
	}
	return file, altered, nil
}

// A badManifest is an error of what a manifest says, and not of reading it.
type badManifest struct{ error }

// Unwrap gives what is wrong with it.
func (e *badManifest) Unwrap() error { return e.error }

// drop closes and removes a temporary file.
func drop(file *os.File) {
	_ = file.Close()
	_ = os.Remove(file.Name())
}

// tell says now and then how far it has come, until the function it gives is
// called.
func (r *reread) tell(a *app) (stop func()) {
	if a.json {
		return func() {}
	}
	ticker, done := time.NewTicker(pulse), make(chan struct{})
	var said sync.WaitGroup
	said.Go(func() {
		for {
			select {
			case <-ticker.C:
				a.say("  … %d files, %s read", r.files.Load(), amount(r.bytes.Load()))
			case <-done:
				return
			}
		}
	})
	return sync.OnceFunc(func() {
		ticker.Stop()
		close(done)
		said.Wait()
	})
}
