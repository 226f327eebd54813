package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
)

// A pipeline is commands, each of which reads what the one before it writes.
type pipeline [][]string

// command is a pipeline of one.
func command(args ...string) pipeline { return pipeline{args} }

// processes are those of a mover that run.
type processes struct {
	mu   sync.Mutex
	pids []int
	cpu  float64 // seconds of processors, of those that have ended and of their children
}

// memory is that of all who run and their children, in MB.
func (p *processes) memory() float64 {
	p.mu.Lock()
	pids := slices.Clone(p.pids)
	p.mu.Unlock()
	return trees(pids)
}

// run runs a pipeline to its end. All of it has to succeed: half a file is
// written without a word where only its reader failed.
func (p *processes) run(ctx context.Context, env []string, line pipeline) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmds, said := make([]*exec.Cmd, len(line)), make([]bytes.Buffer, len(line))
	for i, args := range line {
		cmds[i] = exec.CommandContext(ctx, args[0], args[1:]...)
		cmds[i].Env, cmds[i].Stderr = env, &said[i]
	}
	cmds[len(cmds)-1].Stdout = &said[len(cmds)-1]
	started, err := p.start(cmds)
	if err != nil {
		stop()
	}
	errs := []error{err}
	for i, cmd := range cmds[:started] {
		if err := cmd.Wait(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, said[i].String()))
		}
		p.ended(cmd)
	}
	return errors.Join(errs...)
}

// start starts commands, joined by the kernel's pipes, and says how many run.
func (p *processes) start(cmds []*exec.Cmd) (int, error) {
	var ends []*os.File
	defer func() {
		for _, end := range ends {
			end.Close()
		}
	}()
	for i, cmd := range cmds {
		if i+1 < len(cmds) {
			r, w, err := os.Pipe()
			if err != nil {
				return i, err
			}
			ends = append(ends, r, w)
			cmd.Stdout, cmds[i+1].Stdin = w, r
		}
		if err := cmd.Start(); err != nil {
			return i, err
		}
		p.mu.Lock()
		p.pids = append(p.pids, cmd.Process.Pid)
		p.mu.Unlock()
	}
	return len(cmds), nil
}

// ended counts what a command took.
func (p *processes) ended(cmd *exec.Cmd) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pids = slices.DeleteFunc(p.pids, func(pid int) bool { return pid == cmd.Process.Pid })
	p.cpu += (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
}
