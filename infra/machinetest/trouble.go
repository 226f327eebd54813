package machinetest

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

// troubles are what goes wrong between the machine and the functions.
type troubles struct{ list []trouble }

type trouble struct {
	function, item string
	names          []string // of the errors of the first calls
	after          bool     // the function works, and its answer is lost
	hurry          time.Duration
	hurried        int // calls
}

// Fails lets the first calls of a function (for each item, or for the one
// whose id is given) fail, the first by the first name, and so on, before the
// function does anything: Lambda.TooManyRequestsException, Sandbox.Timedout, ….
func (n *Night) Fails(function, item string, names ...string) *Night {
	n.troubles.list = append(n.troubles.list, trouble{function: function, item: item, names: names})
	return n
}

// LosesAnswer lets the first so many calls of a function do their work and
// fail then, as a process does that is killed too late.
func (n *Night) LosesAnswer(function, item string, times int) *Night {
	n.troubles.list = append(n.troubles.list, trouble{function: function, item: item, names: Often("Sandbox.Timedout", times), after: true})
	return n
}

// Hurries gives the first so many calls of a function less time than the
// template does.
func (n *Night) Hurries(function, item string, d time.Duration, times int) *Night {
	n.troubles.list = append(n.troubles.list, trouble{function: function, item: item, hurry: d, hurried: times})
	return n
}

// Often is a name so many times.
func Often(name string, times int) []string { return slices.Repeat([]string{name}, times) }

// Heals ends all troubles of the functions.
func (n *Night) Heals() *Night {
	n.troubles.list = nil
	return n
}

// find says what happens to a call: an error before it, one after it, and how
// much time it has. Calls count from 1.
func (t troubles) find(function, item string, call int) (before, after error, hurry time.Duration) {
	hurry = math.MaxInt64
	for _, trouble := range t.list {
		if trouble.function != function || trouble.item != "" && trouble.item != item {
			continue
		}
		if call <= trouble.hurried {
			hurry = trouble.hurry
		}
		if call > len(trouble.names) {
			continue
		}
		name := trouble.names[call-1]
		err := states.FunctionError(name, "said by the test")
		if trouble.after {
			after = err
		} else {
			before = err
		}
	}
	return before, after, hurry
}

// hooks are what happens in the middle of a run.
type hooks struct {
	once sync.Mutex
	list []hook
}

type hook struct {
	state, item string
	do          func()
	stop        bool // end the run
}

// When does something when a state is entered, before anything of it is done:
// once, for the item whose id is given, or for whichever comes first. "Export
// again" is the moment before the step Export is repeated.
func (n *Night) When(state, item string, do func()) *Night {
	n.hooks.list = append(n.hooks.list, hook{state: state, item: item, do: do})
	return n
}

// entered does what waits for a state, and reports whether the run is to end.
func (h *hooks) entered(state, item string) (stop bool) {
	h.once.Lock()
	defer h.once.Unlock()
	for i, hook := range h.list {
		if hook.state != state || hook.item != "" && hook.item != item {
			continue
		}
		if hook.do != nil {
			hook.do()
		}
		stop = stop || hook.stop
		h.list[i].do, h.list[i].stop = nil, false
	}
	return stop
}
