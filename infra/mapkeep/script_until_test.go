package main

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patienceOfScripts ends a script whose program does nothing any more.
const patienceOfScripts = 30 * time.Second

func until(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 2, "until ENDPOINT|exports|call N [ITEM], or until facts FILE")
	if args[0] == "facts" {
		readFacts(ts, ts.MkAbs(args[1]))
		return
	}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	count := taleOf(ts).counter(args)
	if strings.HasPrefix(args[1], "+") {
		want += count()
	}
	wait(ts, strings.Join(args, " "), func() bool {
		if args[0] == "exports" {
			return count() == want
		}
		return count() >= want
	})
}

// counter counts what until waits for.
func (t *tale) counter(args []string) func() int {
	switch {
	case args[0] == "call":
		return func() int { return int(t.calls.Load()) }
	case args[0] == "exports":
		return func() int { return len(t.portal.Exports()) }
	case len(args) > 2:
		return func() int { return t.portal.Count(args[0], t.portal.named(args[2])) }
	}
	return func() int { return t.portal.Count(args[0]) }
}

// readFacts takes another process's portal for this script's.
func readFacts(ts *testscript.TestScript, path string) {
	var facts simulated
	wait(ts, "facts in "+path, func() bool {
		text, err := os.ReadFile(path)
		return err == nil && json.Unmarshal(text, &facts) == nil
	})
	ts.Setenv("PORTAL", facts.Portal)
	ts.Setenv("TRUSTED", strings.Join(facts.TrustedHosts, ","))
	ts.Check(os.WriteFile(ts.MkAbs("secret.json"), facts.Secret, 0o600))
}

// named is the id of the item of this title, "" when there is none.
func (p scriptPortal) named(title string) string {
	for _, item := range p.Items() {
		if item.Title == title {
			return item.ID
		}
	}
	return ""
}

// wait looks again and again until something is so.
func wait(ts *testscript.TestScript, what string, is func() bool) {
	give := time.After(patienceOfScripts)
	for look := time.NewTicker(5 * time.Millisecond); !is(); {
		select {
		case <-look.C:
		case <-give:
			ts.Fatalf("waited in vain for %s", what)
		}
	}
}
