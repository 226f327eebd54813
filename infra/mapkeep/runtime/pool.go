package runtime

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// patience is how long an invocation waits for a child that becomes free
// before it starts one. Most are over sooner than a start is: with a thousand
// items, 50 at once, on two processors, 5 to 24 processes were seen to do what
// 44 had done.
const patience = 200 * time.Millisecond

// A pool knows all children and lends those that ask for work.
type pool struct {
	starting chan struct{} // one is held while a child starts, which takes a processor

	mu       sync.Mutex
	children map[string]*child // by token
	idle     []*child          // the last used one last
	queue    []chan *child     // of those that wait, the longest first; none while a child is idle
}

// take gives the child that was used last, since its connections are the
// warmest, or else one that becomes free, or what start starts, whichever
// can be had first.
func (p *pool) take(ctx context.Context, closing <-chan struct{}, start func() (*child, error)) (*child, error) {
	c, freed, wait := p.ask()
	if c != nil {
		return c, nil
	}
	waited := time.NewTimer(wait)
	defer waited.Stop()
	var turn chan<- struct{} // nil as long as a child of its own is too early
	for {
		select {
		case c := <-freed:
			return c, nil
		case <-waited.C:
			turn = p.starting
		case turn <- struct{}{}:
			defer func() { <-p.starting }()
			if c := p.leave(freed); c != nil {
				return c, nil
			}
			return start()
		case <-ctx.Done():
			p.put(p.leave(freed))
			return nil, ctx.Err()
		case <-closing:
			p.put(p.leave(freed))
			return nil, ErrClosed
		}
	}
}

// ask gives an idle child, or a place in the queue and how long to wait in it
// before a child is started.
func (p *pool) ask() (*child, chan *child, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		c := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if c.alive() {
			return c, nil, 0
		}
	}
	freed := make(chan *child, 1)
	p.queue = append(p.queue, freed)
	if len(p.children) == 0 {
		return nil, freed, 0
	}
	return nil, freed, patience
}

// leave gives a place in the queue up, and the child that came to it just
// now, if one did.
func (p *pool) leave(freed chan *child) *child {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.queue, freed); i >= 0 {
		p.queue = slices.Delete(p.queue, i, i+1)
		return nil
	}
	return <-freed
}

// put takes a child, if there is one, for whoever waits or comes next.
func (p *pool) put(c *child) {
	if c == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		p.idle = append(p.idle, c)
		return
	}
	p.queue[0] <- c
	p.queue = p.queue[1:]
}

// add puts a child on the books.
func (p *pool) add(c *child) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.children[c.token] = c
}

// forget takes a child off them; its token opens nothing any more.
func (p *pool) forget(c *child) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.children, c.token)
}

// by finds the child that asks. Who does not know a token finds nothing here.
func (p *pool) by(handle func(*child, http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		c := p.children[r.PathValue("child")]
		p.mu.Unlock()
		if c == nil {
			http.NotFound(w, r)
			return
		}
		handle(c, w, r)
	}
}
