// Package runtime is Lambda on this computer: it starts a program that was
// written for Lambda's Runtime API as child processes, keeps them warm, hands
// them invocations and reports their errors by the names that Step Functions
// shows. It knows nothing of what the functions do, and it does not limit
// memory or processor.
//
// All children are alike. One child serves every function, one invocation
// after the other, and tells them apart by the function's ARN; so a few
// processes are enough for any number of functions. Start and Invoke are the
// way in; api.go is what the children see.
package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	goruntime "runtime"
	"sync"
	"time"
)

// Options say what is run and how many of it.
type Options struct {
	// Command makes a process of the program with this environment. Its
	// standard streams and its process group are set by the Host.
	Command func(env []string) *exec.Cmd
	// Environ is added to what Lambda gives (see environ.go), as KEY=value,
	// and wins over it. Nothing else of this process's environment is passed on.
	Environ []string
	// Functions are those that can be invoked, by name.
	Functions map[string]Function
	// Limit is the most processes there are at once, at least 1.
	Limit int
	// Logs takes what the children write, whole lines; nil drops it.
	Logs io.Writer
}

// Function is what Lambda would be told about a function.
type Function struct {
	// Timeout is the time one invocation may take; then its process is killed.
	Timeout time.Duration
}

// ErrClosed is what Invoke gives when the Host is closed before the end.
var ErrClosed = errors.New("the functions were stopped")

// Host runs the children. It is safe for use by many at once.
type Host struct {
	options Options
	address string // of the Runtime API, on 127.0.0.1
	server  *http.Server
	logs    *logs
	slots   chan struct{} // one is held by each Invoke from before it has a child until it has none
	closing chan struct{}
	close   sync.Once
	pool    pool
}

// Start opens the Runtime API. Children are started when they are needed.
func Start(o Options) (*Host, error) {
	if o.Limit < 1 {
		return nil, fmt.Errorf("runtime: limit is %d, want at least 1", o.Limit)
	}
	for name, f := range o.Functions {
		if f.Timeout <= 0 {
			return nil, fmt.Errorf("runtime: time-out of %s is %v, want more than 0", name, f.Timeout)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("runtime: %w", err)
	}
	h := &Host{
		options: o, address: l.Addr().String(), logs: newLogs(o.Logs),
		slots: make(chan struct{}, o.Limit), closing: make(chan struct{}),
		pool: pool{starting: make(chan struct{}, goruntime.GOMAXPROCS(0)), children: map[string]*child{}},
	}
	h.server = &http.Server{Handler: h.routes(), ReadHeaderTimeout: 10 * time.Second}
	go h.server.Serve(l) //nolint:errcheck // it ends by Close and has nothing else to say
	return h, nil
}

// Invoke gives the payload to the function and returns its answer. It waits
// for a free child when Limit is reached. What Step Functions would show is an
// *Error. When ctx ends first, the child at work is killed and ctx.Err() is
// returned.
func (h *Host) Invoke(ctx context.Context, function string, payload json.RawMessage) (json.RawMessage, error) {
	f, known := h.options.Functions[function]
	if !known {
		return nil, notFound(function)
	}
	if err := h.acquire(ctx); err != nil {
		return nil, err
	}
	defer func() { <-h.slots }()
	for {
		c, err := h.pool.take(ctx, h.closing, func() (*child, error) { return h.begin(ctx) })
		if err != nil {
			return nil, err
		}
		answer, err := h.run(ctx, c, newInvocation(function, f.Timeout, payload))
		if !errors.Is(err, errUntouched) {
			return answer, err
		}
	}
}

// acquire takes a slot, or says why there is none.
func (h *Host) acquire(ctx context.Context) error {
	select {
	case <-h.closing:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	default:
	}
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-h.closing:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// begin starts a child and waits until it asks for work.
func (h *Host) begin(ctx context.Context) (*child, error) {
	c := newChild()
	h.pool.add(c)
	if err := c.start(h); err != nil {
		h.pool.forget(c)
		return nil, notStarted(err)
	}
	initWait := time.NewTimer(initTimeout)
	defer initWait.Stop()
	select {
	case <-c.ready:
		return c, nil
	case <-c.exited:
		return nil, c.initError()
	case <-initWait.C:
		c.kill()
		return nil, timedOut(newID(), initTimeout)
	case <-ctx.Done():
		c.kill()
		return nil, ctx.Err()
	case <-h.closing:
		c.end()
		return nil, ErrClosed
	}
}

// run has one invocation done by c, which asks for work just now. A child
// that is not killed is idle afterwards, once it has asked for work again.
func (h *Host) run(ctx context.Context, c *child, i *invocation) (json.RawMessage, error) {
	c.give(i)
	timeout := time.NewTimer(i.timeout)
	defer timeout.Stop()
	select {
	case o := <-i.done:
		h.settle(ctx, c, timeout)
		return o.answer, o.err
	case <-c.exited:
		return c.last(i)
	case <-timeout.C:
		c.kill()
		return nil, timedOut(i.id, i.timeout)
	case <-ctx.Done():
		c.kill()
		return nil, ctx.Err()
	case <-h.closing:
		c.end()
		return nil, ErrClosed
	}
}

// settle waits until c asks for work again. The time for that is part of the
// invocation's, as it is on Lambda; the answer is good whatever happens here.
func (h *Host) settle(ctx context.Context, c *child, timeout *time.Timer) {
	select {
	case <-c.ready:
		h.pool.put(c)
	case <-c.exited:
	case <-timeout.C:
		c.kill()
	case <-ctx.Done():
		c.kill()
	case <-h.closing:
		c.end()
	}
}

// Close ends all children and waits for them; none is left. Invocations under
// way give ErrClosed. A second Close waits for the first.
func (h *Host) Close() {
	h.close.Do(func() {
		close(h.closing)
		for range cap(h.slots) { // with all slots in hand nobody else has a child
			h.slots <- struct{}{}
		}
		var ended sync.WaitGroup
		for _, c := range h.pool.idle {
			ended.Go(c.end)
		}
		ended.Wait()
		h.server.Close() //nolint:errcheck // nobody is connected any more
	})
}
