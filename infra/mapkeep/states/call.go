package states

import (
	"errors"
	"fmt"
)

// A call is an intrinsic function with its arguments.
type call struct {
	name string
	fn   intrinsic
	args []expr
}

func (c *call) eval(s *scope) (any, error) {
	args := make([]any, len(c.args))
	for i, a := range c.args {
		v, err := a.eval(s)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	return c.fn.run(s, args)
}

// outermost is a call that no other encloses; its failure names the whole
// expression.
type outermost struct {
	text string
	call expr
}

func (o outermost) eval(s *scope) (any, error) {
	v, err := o.call.eval(s)
	if err == nil {
		return v, nil
	}
	cause := err.Error()
	if f := (*failure)(nil); errors.As(err, &f) {
		cause = f.cause
	}
	return nil, failed(nameRuntime, "The function '%s' had the following error: %s", o.text, cause)
}

// blanks finds a States.Format whose text has not as many {} as arguments
// follow.
func (c *call) blanks() error {
	if c.name != "States.Format" {
		return nil
	}
	first, _ := c.args[0].(constant)
	pattern, ok := first.v.(string)
	if n := len(blanks(pattern)); ok && n != len(c.args) {
		return fmt.Errorf("States.Format: %d {} for %d arguments", n-1, len(c.args)-1)
	}
	return nil
}
