package objects

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gofiber/fiber/v3"
)

// shutdownWait is for requests that still run when the parent closes; an
// object's tags and checksums may not be written yet.
const shutdownWait = 2 * time.Second

// Serve is what the child process runs: it reads its job from in, writes the
// port (or why there is none) to out, and serves until in ends, which it also
// does when the parent dies. It takes over the process: it changes the
// directory and drops os.Stdout, on which the gateway chats; its errors go to
// os.Stderr. The process has to exit when Serve returns.
func Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	os.Stdout, _ = os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a nil file drops everything too
	debug.SetMemoryLimit(memory)
	debug.SetGCPercent(50)

	input := bufio.NewReader(in)
	line, err := input.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read the job: %w", err)
	}
	var j job
	if err := json.Unmarshal(line, &j); err != nil {
		return fmt.Errorf("read the job: %w", err)
	}
	defer os.RemoveAll(j.Private) //nolint:errcheck // the parent does it too

	orphaned, failed := make(chan struct{}), make(chan error, 1)
	go func() {
		io.Copy(io.Discard, input) //nolint:errcheck // the end of it is the news
		close(orphaned)
	}()
	var requests flow
	go func() { failed <- j.serve(ctx, &requests, out) }()
	select {
	case <-orphaned:
		requests.stop(shutdownWait)
		return nil
	case err := <-failed:
		json.NewEncoder(out).Encode(ready{Error: err.Error()}) //nolint:errcheck // the parent may be gone
		return err
	}
}

// flow lets requests pass until it is stopped. The gateway's own way to end
// waits for idle connections as well.
type flow struct{ mu sync.RWMutex }

func (f *flow) pass(c fiber.Ctx) error {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return c.Next()
}

// stop lets no new request begin and waits for those that have, at most for wait.
func (f *flow) stop(wait time.Duration) {
	quiet := make(chan struct{})
	go func() {
		f.mu.Lock()
		close(quiet)
	}()
	select {
	case <-quiet:
	case <-time.After(wait):
	}
}
