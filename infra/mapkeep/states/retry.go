package states

import (
	"math"
	"time"
)

type retrier struct {
	names   []string
	first   float64 // seconds
	most    int64   // attempts
	rate    float64
	longest float64 // seconds, 0: no bound
	full    bool    // JitterStrategy FULL
}

type catcher struct {
	names  []string
	result *reference
	next   *node
}

// again finds how long to wait before the next attempt. The first retrier
// that matches decides; when it is used up, no other is asked.
func (n *node) again(f *failure, used []int64, random func() float64) (time.Duration, bool) {
	for i := range n.retry {
		r := &n.retry[i]
		if !f.matches(r.names) {
			continue
		}
		if used[i] >= r.most {
			return 0, false
		}
		used[i]++
		return r.delay(used[i], random), true
	}
	return 0, false
}

// delay is the wait before the nth repeat.
func (r *retrier) delay(n int64, random func() float64) time.Duration {
	longest := r.longest
	if longest == 0 {
		longest = longestWait
	}
	seconds := min(r.first*math.Pow(r.rate, float64(n-1)), longest)
	if r.full {
		seconds *= random()
	}
	return time.Duration(seconds * float64(time.Second))
}

// caught goes on where the first Catch that matches points to. The error
// output joins the state's input, not its effective input.
func (v *visit) caught(f *failure) (any, error) {
	for _, c := range v.n.catch {
		if !f.matches(c.names) {
			continue
		}
		out, err := c.result.put(v.raw, f.output())
		if err == nil {
			err = within(out, v.n.name)
		}
		if err != nil {
			return nil, err
		}
		v.next = c.next
		v.x.tell(Event{Kind: Caught, State: v.n.name, Error: f.name, Cause: f.cause, data: out})
		return out, nil
	}
	return nil, f
}
