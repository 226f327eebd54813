package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// processWords are what a script can say of processes; the program under
// watch is the last one in the background.
//
//	signal INT|TERM|HUP|KILL  sends it one
//	insist INT                sends it again and again until it has ended
//	ended CODE                after wait: how it ended; "killed" is no code
//	children N                it has so many at least; they are remembered
//	childless                 none of those that were remembered is left
var processWords = map[string]func(*testscript.TestScript, bool, []string){
	"signal": sendSignal, "insist": insist, "ended": ended, "children": children, "childless": childless,
}

// hearing gives the programs that are started here ears for the signals that
// scripts send. Who started the tests may have turned them off, as nohup and a
// shell's & do; a program inherits that, and rightly hears nothing.
func hearing() {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGHUP} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s)
		}
	}
}

// A process is known by its number and the time it began.
type process struct{ pid, parent, began string }

func sendSignal(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 1, "signal INT|TERM|HUP|KILL")
	sig, known := map[string]os.Signal{
		"INT": os.Interrupt, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "KILL": os.Kill,
	}[args[0]]
	cmds := ts.BackgroundCmds()
	if !known || len(cmds) == 0 {
		ts.Fatalf("signal %s: unknown, or nothing is in the background", args[0])
	}
	s := taleOf(ts)
	s.watched = cmds[len(cmds)-1]
	ts.Check(s.watched.Process.Signal(sig))
}

func insist(ts *testscript.TestScript, neg bool, args []string) {
	sendSignal(ts, neg, args)
	watched := taleOf(ts).watched
	wait(ts, "the end after "+args[0], func() bool {
		return watched.Process.Signal(os.Interrupt) != nil
	})
}

func ended(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 1, "ended CODE|killed")
	state := taleOf(ts).watched.ProcessState
	if state == nil {
		ts.Fatalf("it has not ended: wait for it first")
	}
	got := fmt.Sprint(state.ExitCode())
	if !state.Exited() {
		got = "killed"
	}
	if got != args[0] {
		ts.Fatalf("it ended with %s, want %s", got, args[0])
	}
}

func children(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 1, "children N")
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	cmds := ts.BackgroundCmds()
	if len(cmds) == 0 {
		ts.Fatalf("nothing is in the background")
	}
	s := taleOf(ts)
	parent := fmt.Sprint(cmds[len(cmds)-1].Process.Pid)
	wait(ts, fmt.Sprintf("%d children", want), func() bool {
		s.children = nil
		for _, p := range processes() {
			if p.parent == parent {
				s.children = append(s.children, p)
			}
		}
		return len(s.children) >= want
	})
}

// childless waits, since children that lost their parent end by themselves.
func childless(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 0, "childless")
	wait(ts, "the children's end", func() bool {
		for _, p := range processes() {
			for _, child := range taleOf(ts).children {
				if p.pid == child.pid && p.began == child.began {
					return false
				}
			}
		}
		return true
	})
}

// processes are all that live now.
func processes() []process {
	var found []process
	paths, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		pid, rest, _ := strings.Cut(string(text), " ")
		fields := strings.Fields(rest[strings.LastIndex(rest, ")")+1:])
		if len(fields) > 19 && fields[0] != "Z" {
			found = append(found, process{pid, fields[1], fields[19]})
		}
	}
	return found
}
