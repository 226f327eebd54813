//go:build unix

package runtime_test

import (
	"syscall"
	"testing"
)

func TestTheTerminalsInterruptDoesNotReachAChild(t *testing.T) {
	t.Parallel()
	pid := invoke(t, started(t, options("functions", nil)), "echo", `{}`).Pid
	if group, err := syscall.Getpgid(pid); group != pid || err != nil {
		t.Errorf("process group of child %d: %d, %v, want one of its own", pid, group, err)
	}
}
