package runtime

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

const (
	initTimeout = time.Minute // a Go program needs milliseconds; a swapping computer more
	endWait     = time.Second // for a child to see that it is not needed any more
	pipeWait    = time.Second // for the last lines of a child that has ended
)

// errUntouched says that a child ended before it had seen the invocation.
var errUntouched = errors.New("not begun")

// child is one process. It asks for work on its own path of the Runtime API,
// so that the host knows which process speaks.
type child struct {
	token  string        // the path's first part, 128 bits nobody can guess
	ready  chan struct{} // a word each time it asks for work
	work   chan *invocation
	exited chan struct{}

	cmd   *exec.Cmd
	stdin io.Closer

	mu      sync.Mutex
	current *invocation
	failed  *Error // what it posted as its init error
	ending  error  // how its process ended
}

// invocation is one piece of work.
type invocation struct {
	id       string
	function string
	timeout  time.Duration
	deadline time.Time
	payload  json.RawMessage
	done     chan outcome
}

// outcome is what a child posted.
type outcome struct {
	answer json.RawMessage
	err    error
}

func newChild() *child {
	return &child{
		token: rand.Text(), ready: make(chan struct{}, 1), work: make(chan *invocation, 1), exited: make(chan struct{}),
	}
}

func newInvocation(function string, timeout time.Duration, payload json.RawMessage) *invocation {
	return &invocation{id: newID(), function: function, timeout: timeout, payload: payload, done: make(chan outcome, 1)}
}

// start begins the process. Its standard input stays open as long as the host
// lives and wants it: ExitWithParent waits for the end of that.
func (c *child) start(h *Host) error {
	c.cmd = h.options.Command(h.environ(c.token))
	ownGroup(c.cmd)
	c.cmd.WaitDelay = pipeWait
	stdout, stderr := h.logs.writer(), h.logs.writer()
	c.cmd.Stdout, c.cmd.Stderr = stdout, stderr
	var err error
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := c.cmd.Start(); err != nil {
		return err
	}
	go func() {
		c.ending = c.cmd.Wait()
		stdout.flush()
		stderr.flush()
		h.pool.forget(c)
		close(c.exited)
	}()
	return nil
}

// alive reports whether the process has not ended yet, as far as is known.
func (c *child) alive() bool {
	select {
	case <-c.exited:
		return false
	default:
		return true
	}
}

// give hands the invocation to a child that asks for work. Its time begins.
func (c *child) give(i *invocation) {
	i.deadline = time.Now().Add(i.timeout)
	c.mu.Lock()
	c.current = i
	c.mu.Unlock()
	c.work <- i
}

// finish takes what the child posted for the invocation, and reports whether
// that is the one it works on.
func (c *child) finish(id string, o outcome) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current == nil || c.current.id != id {
		return false
	}
	c.current.done <- o
	c.current = nil
	return true
}

// last is the outcome of an invocation whose child has ended.
func (c *child) last(i *invocation) (json.RawMessage, error) {
	select {
	case o := <-i.done:
		return o.answer, o.err
	case <-c.work:
		return nil, errUntouched
	default:
		return nil, exited(i.id, c.ending)
	}
}

// initError is why a child ended before it asked for work.
func (c *child) initError() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed != nil {
		return c.failed
	}
	return exited(newID(), c.ending)
}

// kill ends the process at once and waits for it.
func (c *child) kill() {
	c.cmd.Process.Kill() //nolint:errcheck // it may have ended by itself
	<-c.exited
}

// end lets the process end by itself, kills it when it does not, and waits.
func (c *child) end() {
	c.stdin.Close()
	select {
	case <-c.exited:
	case <-time.After(endWait):
		c.kill()
	}
}

// ExitWithParent ends this process when the host that started it dies or has
// no use for it any more, even in the middle of an invocation. The program
// calls it first of all when it is started as a child.
func ExitWithParent() {
	go func() {
		io.Copy(io.Discard, os.Stdin) //nolint:errcheck // the end of it is the news
		os.Exit(0)
	}()
}
