package statestest

import (
	"bytes"
	"encoding/json"
	"sync"
)

// A Step is what the function does in one call.
type Step struct {
	For     json.RawMessage // the payload it is for; absent: any
	Fail    string          // fails with an error of this Go type …
	Message string          // … and this text
	Hang    bool            // does not answer before the caller is tired of it
	Answer  json.RawMessage // answers this
}

// A Script gives the function's calls their steps: each call takes the first
// step that is for its payload and not yet used. A call without one is answered
// with its payload.
type Script struct {
	mu    sync.Mutex
	steps []Step
	calls int
}

// Script is the case's, at its beginning.
func (c Case) Script() *Script { return &Script{steps: append([]Step(nil), c.Tasks...)} }

// Next is what to do in a call with this payload.
func (s *Script) Next(payload []byte) Step {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	for i, step := range s.steps {
		if step.For == nil || fits(value(step.For), value(payload)) {
			s.steps = append(s.steps[:i:i], s.steps[i+1:]...)
			return step
		}
	}
	return Step{Answer: bytes.Clone(payload)}
}

// Calls is how many there were.
func (s *Script) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}
