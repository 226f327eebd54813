package states

import (
	"errors"
	"fmt"
	"slices"
)

// Names of errors that the interpreter itself reports.
const (
	nameAll       = "States.ALL"
	nameTask      = "States.TaskFailed"
	nameTimeout   = "States.Timeout"
	nameRuntime   = "States.Runtime"
	nameLimit     = "States.DataLimitExceeded"
	nameNoChoice  = "States.NoChoiceMatched"
	nameReader    = "States.ItemReaderFailed"
	nameWriter    = "States.ResultWriterFailed"
	nameThreshold = "States.ExceedToleratedFailureThreshold"
	nameResult    = "States.ResultPathMatchFailure"
)

// reserved are the names beginning with "States." that a machine may match.
var reserved = []string{nameAll, nameTask, nameTimeout, nameRuntime, nameLimit, nameNoChoice, nameReader, nameWriter,
	nameThreshold, nameResult, "States.HeartbeatTimeout", "States.Permissions", "States.ParameterPathFailure",
	"States.IntrinsicFailure", "States.BranchFailed"}

// The end of a context, as opposed to a failure that the machine can see.
var (
	errStopped = errors.New("the run was stopped")
	errExpired = errors.New("the machine's TimeoutSeconds have passed")
)

// A failure is an error of the machine's world: a name to match and a cause.
type failure struct{ name, cause string }

func (f *failure) Error() string { return f.name + ": " + f.cause }

func failed(name, format string, args ...any) error {
	return &failure{name, fmt.Sprintf(format, args...)}
}

// matches reports whether a Retry or Catch with these names takes f.
// States.Runtime always ends an execution; States.DataLimitExceeded is
// terminal too, unless it is named.
func (f *failure) matches(names []string) bool {
	if f.name == nameRuntime {
		return false
	}
	if slices.Contains(names, f.name) {
		return true
	}
	if f.name == nameLimit {
		return false
	}
	return slices.Contains(names, nameAll) || f.name != nameTimeout && slices.Contains(names, nameTask)
}

// output is what a Catch makes of f.
func (f *failure) output() any {
	return map[string]any{"Error": cut(f.name, 256), "Cause": cut(f.cause, 32768)}
}

// cut shortens s to at most n characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for at := range s {
		if n == 0 {
			return s[:at]
		}
		n--
	}
	return s
}
