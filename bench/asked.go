package main

import (
	"fmt"
	"math"
)

// figures are what the sections found, for the comparison with what was asked.
type figures map[string]float64

// An aim is a figure that was asked for.
type aim struct {
	what, figure, asked string
	reached             func(float64) bool
	limit               func(figures) string // what keeps it from being reached
}

func atLeast(want float64) func(float64) bool { return func(v float64) bool { return v >= want } }
func atMost(want float64) func(float64) bool  { return func(v float64) bool { return v <= want } }

// aims are in the order of the report. What limits was found by perf, on the
// machine of the report.
var aims = []aim{
	{"One large file: so many times as fast as rclone copyurl", "large/rclone copyurl", "2.0", atLeast(2), processors},
	{"One large file: so many times as fast as the best peer", "large/best", "1.5", atLeast(1.5), processors},
	{"Memory of the Download function over its idle process, MB", "memory", "25.2 (24 MiB)", atMost(25.2), nil},
	{"What it reads from disks and writes to them, MB", "disk", "0", atMost(0.5), nil},
	{"One large file: CPU of the mover, s/GB", "large/cpu", "2.2", atMost(2.2), nil},
	{"Many small files: so many times as fast as the best peer", "small/best", "1.2", atLeast(1.2), nil},
	{"Killed: read again, MB (four parts, and a look at the first)", "killed", "67.1", atMost(67.2), nil},
	{"While things go wrong: requests, to those without trouble", "trouble/requests", "1.5", atMost(1.5), nil},
	{"While things go wrong: share of the undisturbed rate", "trouble/rate", "0.8", atLeast(0.8), nil},
	{"1,000 items at max_concurrency 50: time, to the bound", "run/50", "1.2", atMost(1.2), sharing},
	{"Largest bootstrap, MB", "bootstrap", "9", atMost(9), nil},
	{"Largest zip, MB", "zip", "3.3", atMost(3.3), nil},
	{"Slowest first poll, ms", "poll", "5", atMost(5), nil},
}

func processors(f figures) string {
	text := fmt.Sprintf("The processors are %.0f %% busy: mover, source and sink share them. By perf, on the machine that RESULTS.md was "+
		"first measured on: 41 %% of the mover's time is SHA-256 by the processor's own instructions, 21 %% TLS's two ciphers, 25 %% the kernel, 2 %% CRC64NVME. The fastest peer computes no SHA-256, and what checks nothing at all is %.2f times as fast as mapkeep. "+
		"Tried: 6 and 8 streams, the same rate.", 100*f["large/busy"], 1/f["large/no checks, no retries"])
	if best, measured := f["slow/best"]; measured {
		text += fmt.Sprintf(" From a source that gives each connection 50 MB/s mapkeep is %.2f times as fast as rclone copyurl, %.2f times as the best peer.",
			f["slow/rclone copyurl"], best)
	}
	return text
}

func sharing(f figures) string {
	return fmt.Sprintf("By the events of one such run of 22.7 s: the first item began after 0.1 s; the twenty items of a slot took 21.1 s one after the other, of which 20.0 s are the waits for the portal "+
		"and the rest Export, Check, Download and Close, 54 ms an item at the mean, 17 ms by their medians: fifty items come to the same step at once in the first rounds; the slots were empty for 0.5 s at the end, Finish took 0.7 s, the program's end 0.1 s. "+
		"Portal, store, machine and functions use %.1f processors.", f["run/50/busy"])
}

// asked compares what was found with what was asked for.
func (f figures) asked() string {
	rows := [][]string{{"what", "asked", "reached", ""}}
	var limits []string
	for _, a := range aims {
		v, measured := f[a.figure]
		if !measured {
			continue
		}
		word := "yes"
		if !a.reached(v) {
			word = "no"
			if a.limit != nil {
				limits = append(limits, a.limit(f))
			}
		}
		rows = append(rows, []string{a.what, a.asked, fmt.Sprintf("%.2f", v), word})
	}
	if len(rows) == 1 {
		return ""
	}
	text := "\n## What was asked\n\n" + table(rows)
	for n, limit := range limits {
		if n == 0 || limit != limits[n-1] {
			text += "\n" + limit + "\n"
		}
	}
	return text
}

// standing notes how a load went: ours against each mover and the best peer.
func (f figures) standing(load string, all []standing) {
	best := math.Inf(1)
	for _, s := range all[1:] {
		times := all[0].times(s)
		f[load+"/"+s.mover.name] = times
		if s.mover.name != ceiling().name {
			best = min(best, times)
		}
	}
	f[load+"/best"] = best
	f[load+"/cpu"] = median(all[0].of(cpu)) / all[0].load.bytes() * 1e9
	f[load+"/busy"] = median(all[0].of(busy))
}

// worst notes the largest of several figures, and none that is not counted here.
func (f figures) worst(name string, v float64) {
	if old, there := f[name]; v > old || !there && !math.IsNaN(v) {
		f[name] = v
	}
}

// kind is what a load's figures are named by.
func (l load) kind() string {
	switch {
	case one(l):
		return "large"
	case tiny(l):
		return "small"
	}
	return "several"
}
