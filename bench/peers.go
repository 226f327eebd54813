package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
)

// A mover is one way to bring a load from the source into the sink.
type mover struct {
	name, version string
	takes         func(load) bool
	stages        func(w work) []stage
}

// bucket is where movers put things.
const bucket = objects.Bucket

func one(l load) bool  { return l.files == 1 }
func many(l load) bool { return l.files > 1 }
func all(load) bool    { return true }

// tiny are files for which a process each would be all that is measured.
func tiny(l load) bool { return many(l) && l.size < 1<<20 }
func some(l load) bool { return !tiny(l) }

// tools are the programs that movers are made of; aws is the Python that has
// AWS's command.
type tools struct{ rclone, s5cmd, manager, aws string }

// build builds and finds them. A peer that can't be had is an error: a table
// without it would say less than it seems to.
func build(ctx context.Context, dir string) (tools, error) {
	var t tools
	for _, p := range []struct {
		path       *string
		dir, build string
	}{
		{&t.rclone, "rclone", "github.com/rclone/rclone"},
		{&t.s5cmd, "s5cmd", "github.com/peak/s5cmd/v2"},
		{&t.manager, "transfermanager", "."},
	} {
		*p.path = judge.Program(dir, p.dir)
		cmd := exec.CommandContext(ctx, "go", "build", "-C", filepath.Join("bench", "peers", p.dir), "-trimpath", "-ldflags", "-s -w", "-o", *p.path, p.build)
		if out, err := cmd.CombinedOutput(); err != nil {
			return t, fmt.Errorf("build the peer %s: %w: %s", p.dir, err, out)
		}
	}
	venv, err := judge.Install(ctx, ".", "localstack")
	if err != nil {
		return t, fmt.Errorf("install the peer aws: %w", err)
	}
	t.aws = judge.Script(venv, "python")
	for _, name := range []string{t.aws, "curl"} {
		if _, err := exec.LookPath(name); err != nil {
			return t, fmt.Errorf("a peer is missing: %w", err)
		}
	}
	return t, nil
}
