//go:build !linux

package main

import (
	"math"
	"slices"

	"github.com/shirou/gopsutil/v4/process"
)

// counted is how memory is counted here: macOS and Windows tell of no shares.
const counted = "the resident set size (what processes share counts in each)"

// scratch is where files may lie that no mover is to be measured by: the
// folder for temporary files.
const scratch = ""

// trees is the memory of processes and all below them, in MB. Windows may have
// given the number of a parent that has ended to another process, so that there
// are circles.
func trees(pids []int) float64 {
	sum, seen := 0.0, map[int]bool{}
	for open := slices.Clone(pids); len(open) > 0; {
		pid := open[0]
		open = open[1:]
		if seen[pid] {
			continue
		}
		seen[pid] = true
		sum += alone(pid)
		children, _ := (&process.Process{Pid: int32(pid)}).Children() // none for one that has ended
		for _, child := range children {
			open = append(open, int(child.Pid))
		}
	}
	return sum
}

// alone is the memory of one process, in MB.
func alone(pid int) float64 {
	used, err := (&process.Process{Pid: int32(pid)}).MemoryInfo()
	if err != nil {
		return 0
	}
	return float64(used.RSS) / 1e6
}

// disk would be what a process had read from disks and written to them. macOS
// does not say, and Windows counts the network with it.
func disk(int) float64 { return math.NaN() }
