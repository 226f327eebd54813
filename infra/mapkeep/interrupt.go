package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// interruptible gives a context that ends with the first Ctrl-C, or when a
// service manager or a closed terminal ends the program; there is work to do
// then. The second Ctrl-C ends the program at once: children end when their
// parent is gone, and the next run sweeps what this one left. A signal that
// whoever started the program turned off, as nohup does, stays off.
func interruptible() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	var heard []os.Signal
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			heard = append(heard, s)
		}
	}
	signal.Ignore(syscall.SIGPIPE) // a run goes on when nobody reads what it says
	signals := make(chan os.Signal, 2)
	if len(heard) > 0 { // none would mean all
		signal.Notify(signals, heard...)
	}
	go func() {
		<-signals
		cancel()
		for s := range signals {
			if s != syscall.SIGHUP { // a terminal that closes sends several
				fmt.Fprintln(os.Stderr, "\nmapkeep: ended at once; what is left in the portal the next run deletes")
				os.Exit(exitInterrupted)
			}
		}
	}()
	return ctx
}
