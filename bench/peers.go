//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
)

// A mover is one way to bring a load from the source into the sink.
type mover struct {
	name, version string
	takes         func(load) bool
	// script is what a shell runs; the load's paths lie one a line in list.
	script func(e *ends, l load, prefix, list string) string
}

// bucket is where movers put things.
const bucket = objects.Bucket

func one(l load) bool  { return l.files == 1 }
func many(l load) bool { return l.files > 1 }
func all(load) bool    { return true }

// tiny are files for which a process each would be all that is measured.
func tiny(l load) bool { return many(l) && l.size < 1<<20 }
func some(l load) bool { return !tiny(l) }

// tools are the programs that movers are made of.
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
		*p.path = filepath.Join(dir, p.dir)
		cmd := exec.CommandContext(ctx, "go", "build", "-C", filepath.Join("bench", "peers", p.dir), "-trimpath", "-ldflags", "-s -w", "-o", *p.path, p.build)
		if out, err := cmd.CombinedOutput(); err != nil {
			return t, fmt.Errorf("build the peer %s: %w: %s", p.dir, err, out)
		}
	}
	out, err := exec.CommandContext(ctx, ".ci/tools", "localstack").Output()
	if err != nil {
		return t, fmt.Errorf("install the peer aws: %w", err)
	}
	t.aws = filepath.Join(strings.TrimSpace(string(out)), "bin", "aws")
	for _, name := range []string{t.aws, "curl"} {
		if _, err := exec.LookPath(name); err != nil {
			return t, fmt.Errorf("a peer is missing: %w", err)
		}
	}
	return t, nil
}

// movers are ours and its peers, each as its documentation says it is used.
func (t tools) movers() []mover {
	each := func(l load, list, command string) string {
		return fmt.Sprintf(`xargs -P %d -I{} sh -c %q < %s`, l.streams, command, list)
	}
	return []mover{
		mapkeep(),
		{"rclone copyurl", "v1.71.0", one, func(e *ends, l load, prefix, _ string) string {
			return fmt.Sprintf("%s copyurl %s/%s sink:%s/%s", t.rclone, e.source, l.path(0), bucket, l.key(prefix, 0))
		}},
		{"rclone copyto, 4 streams", "v1.71.0", one, func(_ *ends, l load, prefix, _ string) string {
			return fmt.Sprintf("%s copyto --multi-thread-streams %d --s3-upload-concurrency %d source:%s sink:%s/%s",
				t.rclone, l.streams, l.streams, l.path(0), bucket, l.key(prefix, 0))
		}},
		{"rclone copy", "v1.71.0", many, func(_ *ends, l load, prefix, list string) string {
			return fmt.Sprintf("%s copy --transfers %d --checkers %d --no-traverse --files-from-raw %s source: sink:%s/%s",
				t.rclone, l.streams, l.streams, list, bucket, prefix)
		}},
		{"curl | s5cmd pipe", "v2.3.0", some, func(e *ends, l load, prefix, list string) string {
			return each(l, list, fmt.Sprintf("curl -sSf %s/{} | %s --log error pipe s3://%s/%s/{}", e.source, t.s5cmd, bucket, prefix))
		}},
		{"curl --parallel, s5cmd cp", "v2.3.0", tiny, func(e *ends, l load, prefix, list string) string {
			return fmt.Sprintf(`d=$(mktemp -d /dev/shm/bench-XXXXXX); trap 'rm -rf $d' EXIT
				awk -v d=$d '{printf "url=\"%s/%%s\"\noutput=\"%%s/%%s\"\n", $0, d, $0}' %s | curl -sSf --create-dirs --parallel --parallel-max %d -K -
				%s --log error --numworkers %d cp "$d/*" s3://%s/%s/`, e.source, list, l.streams, t.s5cmd, l.streams, bucket, prefix)
		}},
		{"transfermanager", "v0.4.1", one, func(e *ends, l load, prefix, _ string) string {
			return fmt.Sprintf("%s %s/%s %s %s", t.manager, e.source, l.path(0), bucket, l.key(prefix, 0))
		}},
		{"curl | aws s3 cp", "1.44.62", one, func(e *ends, l load, prefix, _ string) string {
			return fmt.Sprintf("curl -sSf %s/%s | %s s3 cp --expected-size %d - s3://%s/%s", e.source, l.path(0), t.aws, l.size, bucket, l.key(prefix, 0))
		}},
	}
}

// ceiling is what this machine and the bench's own ends let anybody have.
func ceiling() mover {
	return mover{"no checks, no retries", "", all, func(e *ends, l load, prefix, _ string) string { return own("__relay", e, l, prefix) }}
}

// mapkeep is ours.
func mapkeep() mover {
	return mover{"mapkeep", "", all, func(e *ends, l load, prefix, _ string) string { return own("__move", e, l, prefix) }}
}

// own is a process of the bench itself.
func own(name string, e *ends, l load, prefix string) string {
	return fmt.Sprintf("%s %s %s %s %s %s %d %d %d", os.Args[0], name, e.source, e.sink, e.certificate, prefix, l.size, l.files, l.streams)
}
