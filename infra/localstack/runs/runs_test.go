//go:build localstack

// Package runs_test plays whole runs twice: by the stack as LocalStack deploys
// and runs it, and by `mapkeep run`, each against a simulated portal of its
// own and into a bucket of its own. Both must leave the same, but for what
// the table of explained differences (explained_test.go) gives a reason for.
// Start with TestRuns; what is compared is in facts_test.go.
package runs_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/infra/localstack"
)

const (
	root   = "../../.."
	judged = "LocalStack: runs"
	limit  = 20 * time.Minute // for all of it, on a busy machine; an idle one takes four
)

// Each scenario has a stack of its own: retention looks at all backups of a
// bucket and warm functions keep their sign-in, so none sees another, and the
// settings can differ as template parameters do.
func TestRuns(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	j := judge.New(t, judged, localstack.Version)
	w := open(t)
	all := newExplained()
	var played atomic.Int32
	t.Run("all", func(t *testing.T) {
		for _, s := range scenarios {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				local, cloud, err := w.play(ctx, t, s, w.stack)
				if err != nil {
					t.Fatal(err)
				}
				j.Agreed(s.name + ": as many calls in the logs as the metrics count, and every end told by an event")
				played.Add(1)
				if got := local["execution"][fmt.Sprintf("night %d error", len(s.plays()))]; got != s.end {
					t.Errorf("`mapkeep run` ended with %q, want %q", got, s.end)
				}
				for _, group := range groups(local, cloud) {
					report(j, s.name+": "+group, all.judge(compare(local[group], cloud[group])))
				}
			})
		}
		for n, b := range bites {
			t.Run(b.fault, func(t *testing.T) {
				t.Parallel()
				j.Bites(b.fault, w.bite(ctx, t, n))
			})
		}
	})
	if int(played.Load()) < len(scenarios) {
		return
	}
	for _, r := range all.unused() {
		j.Objected("the table of explained differences", "no difference is like "+r)
	}
}

// report tells the judge of one group of facts.
func report(j *judge.Judge, what string, v verdict) {
	switch {
	case len(v.unexplained) > 0:
		j.Objected(what, v.text())
	case len(v.reasons) > 0:
		for _, reason := range v.reasons {
			j.Differs(what, reason)
		}
	default:
		j.Agreed(what)
	}
}
