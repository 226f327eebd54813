//go:build linux

package main

import (
	"context"
	"fmt"
	"strconv"
)

// A section is one heading of the report.
type section struct {
	name, title, about string
	measure            func(ctx context.Context, p plan, dir string) (string, error)
}

// sections are those of the report, in its order.
var sections = []section{
	{"transfer", "From a URL to S3", `
Every mover reads the same files from the same source and writes them into the same sink, TLS on both ways, each program as its
documentation says it is used and with its checksums on. Source, mover and sink share the processors. The sink discards but checks every
byte. The last row moves the bytes as well but computes, compares and repeats nothing: it is the ceiling of this machine and these ends.`,
		func(ctx context.Context, p plan, dir string) (string, error) {
			t, err := build(ctx, dir)
			if err != nil {
				return "", err
			}
			e, err := startEnds(ctx, dir, faults{})
			if err != nil {
				return "", err
			}
			defer e.close()
			return standings(ctx, e, t.movers(), p.loads, p.rounds)
		}},
	{"memory", "Memory by the size of the file", `
One file by four streams. A process that moved one file of 64 KiB has both connections and all code in memory: it is the idle process.`, sizes},
	{"checksums", "What the checksums cost", `Each alone, on one processor, over the source's bytes in memory.`, checksums},
	{"killed", "Killed, and resumed", `
The mover is killed when the sink has taken that share of the large file, and a second process is started with the same checkpoint. It must
read what is left, and again what was under way: four parts at most.`, killed},
	{"trouble", "While things go wrong", `
The large file by four streams. The ends begin anew for each row; rows of one round are compared.`, disturbed},
	{"bootstraps", "The functions", `
Sizes as deployed (arm64, built by make); the first poll is the median of 20 starts on this computer, the same source built for it.`, bootstraps},
	{"run", "A whole run", `
Every item is a layer whose export takes the portal one second. The bound is items x 1 s / max_concurrency: no program can be faster.
Portal, local store and functions share the processors.`, wholeRuns},
}

// process is one of the bench's own processes.
func process(name string, args []string) error {
	ctx := context.Background()
	switch {
	case (name == "__source" || name == "__sink") && len(args) == 4:
		return serveEnd(name, args)
	case len(args) == 7:
		e, l, err := called(args)
		if err != nil {
			return err
		}
		if name == "__relay" {
			return e.relay(ctx, args[3], l)
		}
		defer linger()
		return e.ours(ctx, args[3], l)
	}
	return fmt.Errorf("called with %q", args)
}

// called reads SOURCE SINK CERTIFICATE PREFIX SIZE FILES STREAMS.
func called(args []string) (*ends, load, error) {
	e, err := reach(args[0], args[1], args[2])
	if err != nil {
		return nil, load{}, err
	}
	var n [3]int64
	for i, text := range args[4:] {
		if n[i], err = strconv.ParseInt(text, 10, 64); err != nil {
			return nil, load{}, err
		}
	}
	return e, load{size: n[0], files: int(n[1]), streams: int(n[2])}, nil
}
