package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// A cost is what one command took.
type cost struct {
	seconds float64 // by the clock
	cpu     float64 // seconds of processors, the command's own and its children's
	ends    float64 // the same, of source and sink meanwhile
	peak    float64 // MB of memory, the command's and its children's together
	disk    float64 // MB read from disk or written to it; of a function alone
}

// A work is one load, on its way from the source into the sink.
type work struct {
	load
	e      *ends
	prefix string // of the keys
	list   string // a file: the load's paths, one a line
	wanted string // a file: the same as curl reads it, each to be put under dir
	dir    string // an empty folder, in memory where that is possible
}

// A stage is what a mover does at the same time: pipelines, as many of them at
// once as the load has streams.
type stage []pipeline

// move measures one mover at one load, and sees to it that all arrived.
func move(ctx context.Context, e *ends, m mover, l load, prefix string) (cost, error) {
	w, err := e.work(l, prefix)
	defer os.RemoveAll(w.dir) // nothing, for ""
	if err != nil {
		return cost{}, err
	}
	before := e.used()
	c, err := measure(ctx, e.environ(), l.streams, m.stages(w))
	c.ends = e.used() - before
	if err != nil {
		return c, err
	}
	return c, e.arrived(l, prefix)
}

// work lays down what movers read a load from.
func (e *ends) work(l load, prefix string) (work, error) {
	dir, err := os.MkdirTemp(scratch, "mapkeep-bench-")
	if err != nil {
		return work{}, err
	}
	beside := filepath.Dir(e.certificate)
	w := work{load: l, e: e, prefix: prefix, dir: dir, list: filepath.Join(beside, "list"), wanted: filepath.Join(beside, "wanted")}
	var list, wanted strings.Builder
	for n := range l.files {
		fmt.Fprintln(&list, l.path(n))
		fmt.Fprintf(&wanted, "url=\"%s\"\noutput=\"%s/%s\"\n", w.from(n), filepath.ToSlash(dir), l.path(n))
	}
	return w, errors.Join(os.WriteFile(w.list, []byte(list.String()), 0o644), os.WriteFile(w.wanted, []byte(wanted.String()), 0o644))
}

// measure runs stages one after the other.
func measure(ctx context.Context, env []string, atOnce int, stages []stage) (cost, error) {
	var p processes
	start, stop := time.Now(), make(chan struct{})
	peaks := watch(often, p.memory, stop)
	err := p.stages(ctx, env, atOnce, stages)
	c := cost{seconds: time.Since(start).Seconds(), cpu: p.cpu}
	close(stop)
	c.peak = <-peaks
	return c, err
}

func (p *processes) stages(ctx context.Context, env []string, atOnce int, stages []stage) error {
	for _, lines := range stages {
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(atOnce)
		for _, line := range lines {
			g.Go(func() error { return p.run(ctx, env, line) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	return nil
}
