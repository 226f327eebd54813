package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// counted is how memory is counted here.
const counted = "the proportional set size (PSS)"

// scratch is where files may lie that no mover is to be measured by: in memory.
const scratch = "/dev/shm"

// trees is the memory of processes and all below them, in MB.
func trees(pids []int) float64 {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		id, parent, ok := parentOf(path)
		if ok {
			children[parent] = append(children[parent], id)
		}
	}
	sum := 0.0
	for open := pids; len(open) > 0; {
		id := open[len(open)-1]
		open = append(open[:len(open)-1:len(open)-1], children[id]...)
		sum += alone(id)
	}
	return sum
}

// alone is the memory of one process, in MB: shared pages count by their share.
func alone(pid int) float64 {
	return field(fmt.Sprintf("/proc/%d/smaps_rollup", pid), "Pss:") * kB / 1e6
}

// kB is what the kernel means by it.
const kB = 1024

// parentOf reads a process's parent; the name in brackets may hold anything.
func parentOf(path string) (id, parent int, ok bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, 0, false
	}
	id, _ = strconv.Atoi(filepath.Base(filepath.Dir(path)))
	rest := string(text[strings.LastIndexByte(string(text), ')')+1:])
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return 0, 0, false
	}
	parent, err = strconv.Atoi(fields[1])
	return id, parent, err == nil
}

// disk is what a process had read from disks and written to them, in MB.
func disk(pid int) float64 {
	io := fmt.Sprintf("/proc/%d/io", pid)
	return (field(io, "read_bytes:") + field(io, "write_bytes:")) / 1e6
}

// field reads a number from a file of /proc.
func field(path, name string) float64 {
	file, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), name); ok {
			value, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return value
		}
	}
	return 0
}
