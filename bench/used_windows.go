package main

import "golang.org/x/sys/windows"

// used is the processor time of this process so far, in seconds; Windows counts
// in steps of its clock, 16 ms.
func used() float64 {
	var began, ended, kernel, user windows.Filetime
	_ = windows.GetProcessTimes(windows.CurrentProcess(), &began, &ended, &kernel, &user) // it fails for a wrong handle alone
	return hundreds(kernel) + hundreds(user)
}

// hundreds reads a span in units of 100 ns.
func hundreds(span windows.Filetime) float64 {
	return float64(int64(span.HighDateTime)<<32|int64(span.LowDateTime)) / 1e7
}
