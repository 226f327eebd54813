package main

import (
	"fmt"
	"time"

	"github.com/shirou/gopsutil/v4/mem"
	"github.com/shirou/gopsutil/v4/process"
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

// processorTime is what a process has used so far, in seconds; Linux counts
// hundredths.
func processorTime(pid int) float64 {
	used, err := (&process.Process{Pid: int32(pid)}).Times()
	if err != nil {
		return 0
	}
	return used.User + used.System
}

// memory is the machine's.
func memory() string {
	all, err := mem.VirtualMemory()
	if err != nil {
		return "an unknown amount"
	}
	return fmt.Sprintf("%.0f GB", float64(all.Total)/1e9)
}
