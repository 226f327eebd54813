package main

import (
	"os"
	"path/filepath"
	"strconv"
)

// movers are ours and its peers, each as its documentation says it is used.
func (t tools) movers() []mover {
	return []mover{
		mapkeep(),
		{"rclone copyurl", "v1.71.0", one, func(w work) []stage {
			return once(t.rclone, "copyurl", w.from(0), "sink:"+bucket+"/"+w.key(w.prefix, 0))
		}},
		{"rclone copyto, 4 streams", "v1.71.0", one, func(w work) []stage {
			return once(t.rclone, "copyto", "--multi-thread-streams", w.atOnce(), "--s3-upload-concurrency", w.atOnce(),
				"source:"+w.path(0), "sink:"+bucket+"/"+w.key(w.prefix, 0))
		}},
		{"rclone copy", "v1.71.0", many, func(w work) []stage {
			return once(t.rclone, "copy", "--transfers", w.atOnce(), "--checkers", w.atOnce(), "--no-traverse", "--files-from-raw", w.list,
				"source:", "sink:"+bucket+"/"+w.prefix)
		}},
		{"curl | s5cmd pipe", "v2.3.0", some, func(w work) []stage {
			return each(w, func(n int) pipeline {
				return pipeline{w.curl(w.from(n)), {t.s5cmd, "--log", "error", "pipe", w.into(n)}}
			})
		}},
		{"curl --parallel, s5cmd cp", "v2.3.0", tiny, func(w work) []stage {
			return []stage{
				{{w.curl("--create-dirs", "--parallel", "--parallel-max", w.atOnce(), "-K", w.wanted)}},
				{command(t.s5cmd, "--log", "error", "--numworkers", w.atOnce(), "cp", filepath.ToSlash(w.dir)+"/*", "s3://"+bucket+"/"+w.prefix+"/")},
			}
		}},
		{"transfermanager", "v0.4.1", one, func(w work) []stage {
			return once(t.manager, w.from(0), bucket, w.key(w.prefix, 0))
		}},
		{"curl | aws s3 cp", "1.44.62", one, func(w work) []stage {
			return []stage{{pipeline{w.curl(w.from(0)), {t.aws, "-m", "awscli", "s3", "cp", "--expected-size", strconv.FormatInt(w.size, 10), "-", w.into(0)}}}}
		}},
	}
}

// ceiling is what this machine and the bench's own ends let anybody have.
func ceiling() mover {
	return mover{"no checks, no retries", "", all, func(w work) []stage { return []stage{{own("__relay", w)}} }}
}

// mapkeep is ours.
func mapkeep() mover {
	return mover{"mapkeep", "", all, func(w work) []stage { return []stage{{own("__move", w)}} }}
}

// own is a process of the bench itself.
func own(name string, w work) pipeline {
	return command(os.Args[0], name, w.e.source, w.e.sink, w.e.certificate, w.prefix, strconv.FormatInt(w.size, 10), strconv.Itoa(w.files), w.atOnce())
}

// once is all that a mover of one command does.
func once(args ...string) []stage { return []stage{{command(args...)}} }

// each is a pipeline for every file.
func each(w work, line func(n int) pipeline) []stage {
	var all stage
	for n := range w.files {
		all = append(all, line(n))
	}
	return []stage{all}
}

// curl says itself what the source's certificate is signed by: on Windows it
// may be one that reads no environment, and asks whether it was revoked.
func (w work) curl(args ...string) []string {
	return append([]string{"curl", "-sSf", "--cacert", w.e.certificate, "--ssl-no-revoke"}, args...)
}

func (w work) from(n int) string { return w.e.source + "/" + w.path(n) }
func (w work) into(n int) string { return "s3://" + bucket + "/" + w.key(w.prefix, n) }
func (w work) atOnce() string    { return strconv.Itoa(w.streams) }
