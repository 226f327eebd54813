package states

import (
	"context"
)

// A choice goes where its first rule that holds points to.
type choice struct {
	branches  []branch
	otherwise *node
}

type branch struct {
	rule rule
	next *node
}

func (c *choice) act(_ context.Context, v *visit, in any) (any, error) {
	s := v.scope(in)
	for _, b := range c.branches {
		holds, err := b.rule.holds(s)
		if err != nil {
			return nil, err
		}
		if holds {
			v.next = b.next
			return in, nil
		}
	}
	if c.otherwise == nil {
		return nil, failed(nameNoChoice, "no choice matched and there is no Default")
	}
	v.next = c.otherwise
	return in, nil
}

// A rule is a test on a state's input. A path that is not there is
// States.Runtime for all but IsPresent; a value of another type is no error,
// the comparison just does not hold.
type rule interface {
	holds(s *scope) (bool, error)
}

// several is And (until one does not hold) and Or (until one does).
type several struct {
	rules []rule
	until bool
}

func (r several) holds(s *scope) (bool, error) {
	for _, one := range r.rules {
		if h, err := one.holds(s); err != nil || h == r.until {
			return h, err
		}
	}
	return !r.until, nil
}

type not struct{ rule rule }

func (r not) holds(s *scope) (bool, error) {
	h, err := r.rule.holds(s)
	return !h, err
}

type present struct {
	variable *path
	want     bool
}

func (r present) holds(s *scope) (bool, error) {
	_, ok := r.variable.look(s)
	return ok == r.want, nil
}

// comparison tests a variable against a constant or another path.
type comparison struct {
	variable *path
	with     expr
	test     func(a, b any) bool
}

func (r comparison) holds(s *scope) (bool, error) {
	a, ok := r.variable.look(s)
	if !ok {
		return false, failed(nameRuntime, "Invalid path '%s': The choice state's condition path references an invalid value.", r.variable.text)
	}
	b, err := r.with.eval(s)
	return err == nil && r.test(a, b), err
}
