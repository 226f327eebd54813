package main

import (
	"context"
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
		transfers},
	{"slow", "From a source that gives each connection 50 MB/s", `
As above, from a source that does what stores of files far away do: one connection gets a part of what several get.`, slowly},
	{"gateway", "Into versitygw", `
One round into the S3 server that comes with the program, which writes what it takes to the disk. It refuses the checksums that AWS's own
command sends, so that one sends none.`, gateway},
	{"memory", "Memory of the Download function", `
The function as it is deployed, started by a Runtime API, called as the machine does it, until the file is whole: the item is read from a simulated
portal, its bytes come from the source. Warm, after a file of 64 KiB, it is the idle process. The disk is what the kernel counts for the process.`, sizes},
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

// transfers are a section: every load by every mover.
func transfers(ctx context.Context, p plan, dir string) (string, error) {
	return between(ctx, p, dir, "", faults{}, p.loads, p.rounds)
}

// slowly is a section: one file of a quarter of the large one.
func slowly(ctx context.Context, p plan, dir string) (string, error) {
	return between(ctx, p, dir, "slow", faults{rate: 50e6}, []load{p.quarter()}, min(p.rounds, 3))
}

// between has all movers move loads between such ends.
func between(ctx context.Context, p plan, dir, name string, f faults, loads []load, rounds int) (string, error) {
	t, err := build(ctx, dir)
	if err != nil {
		return "", err
	}
	e, err := startEnds(ctx, dir, f)
	if err != nil {
		return "", err
	}
	defer e.close()
	return standings(ctx, p.found, name, e, append(t.movers(), ceiling()), loads, rounds)
}
