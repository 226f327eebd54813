//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A cost is what one command took.
type cost struct {
	seconds float64 // by the clock
	cpu     float64 // seconds of processors, the command's own and its children's
	ends    float64 // the same, of source and sink meanwhile
	peak    float64 // MB of memory, the command's and its children's together
	disk    float64 // MB read from disk or written to it; of a function alone
}

// measure runs a command by a shell. Its whole process group is ended with it.
func measure(ctx context.Context, env []string, script string) (cost, error) {
	cmd := exec.CommandContext(ctx, "sh", "-c", "set -e; "+script)
	cmd.Env = env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return cost{}, err
	}
	stop := make(chan struct{})
	peaks := watch(often, func() float64 { return tree(cmd.Process.Pid) }, stop)
	err := cmd.Wait()
	c := cost{seconds: time.Since(start).Seconds()}
	close(stop)
	c.peak = <-peaks
	c.cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	if err != nil {
		return c, fmt.Errorf("%s: %w: %s", script, err, said.String())
	}
	return c, nil
}

// move measures one mover at one load, and sees to it that all arrived.
func move(ctx context.Context, e *ends, m mover, l load, prefix string) (cost, error) {
	list := filepath.Join(filepath.Dir(e.certificate), "list")
	var paths strings.Builder
	for n := range l.files {
		paths.WriteString(l.path(n) + "\n")
	}
	if err := os.WriteFile(list, []byte(paths.String()), 0o644); err != nil {
		return cost{}, err
	}
	before := e.used()
	c, err := measure(ctx, e.environ(), m.script(e, l, prefix, list))
	c.ends = e.used() - before
	if err != nil {
		return c, err
	}
	return c, e.arrived(l, prefix)
}
