//go:build linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// often is how often the memory of a mover is sampled. That of a whole run's
// many processes is sampled once a second: looking takes time, too.
const often = 100 * time.Millisecond

// watch samples a memory in MB until stop, and gives the peak.
func watch(every time.Duration, memory func() float64, stop <-chan struct{}) <-chan float64 {
	peaks := make(chan float64, 1)
	go func() {
		peak := 0.0
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				peaks <- peak
				return
			case <-tick.C:
				peak = max(peak, memory())
			}
		}
	}()
	return peaks
}

// tree is the memory of a process and all below it, in MB: shared pages count
// by their share.
func tree(pid int) float64 {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		id, parent, ok := parentOf(path)
		if ok {
			children[parent] = append(children[parent], id)
		}
	}
	sum := 0.0
	for open := []int{pid}; len(open) > 0; {
		id := open[len(open)-1]
		open = append(open[:len(open)-1], children[id]...)
		sum += shared(id)
	}
	return sum
}

// shared is the proportional set size of one process, in MB.
func shared(pid int) float64 {
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

// processorTime is what a process has used so far, in seconds; the kernel
// counts hundredths.
func processorTime(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100
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

// memory is the machine's.
func memory() string { return fmt.Sprintf("%.0f GB", field("/proc/meminfo", "MemTotal:")*kB/1e9) }
