//go:build localstack

// Package machines_test runs the table of small machines by LocalStack's Step
// Functions and holds it to what the table wants of ours: two interpreters that
// know nothing of each other agree, or a case says which is wrong and why.
package machines_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/infra/localstack"
	"github.com/mapkeep/mapkeep/infra/mapkeep/states/statestest"
)

const table = "../../mapkeep/states/testdata/machines"

// atOnce is how many cases run at once: most of their time they wait.
const atOnce = 12

func TestMachines(t *testing.T) {
	t.Parallel()
	j := judge.New(t, "LocalStack: machines", localstack.Version)
	l := open(t, "case")
	slots := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for _, c := range statestest.Load(t, table) {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			l.judge(t.Context(), j, c)
		})
	}
	all.Wait()
}

// judge runs a case, and allows for the difference that it explains.
func (l *lab) judge(ctx context.Context, j *judge.Judge, c statestest.Case) {
	if c.LocalStack == nil {
		j.Case(c.Name, l.objection(ctx, c, c.Want))
		return
	}
	if objection := l.objection(ctx, c, c.LocalStack.Outcome); objection != "" {
		j.Objected(c.Name, "the difference that the case explains is another now:\n"+objection)
		return
	}
	j.Differs(c.Name, c.LocalStack.Why)
}

// objection is what LocalStack makes otherwise than is wanted. A busy computer
// makes waits longer, never shorter, so one that is too long alone is looked
// at again.
func (l *lab) objection(ctx context.Context, c statestest.Case, want statestest.Outcome) string {
	for again := 2; ; again-- {
		got, err := l.run(ctx, c)
		if err != nil {
			return err.Error()
		}
		if differs := want.Differs(got); differs != "" {
			return differs
		}
		waits, longer := waited(want.Waits, got.Waits, c.Draw)
		if waits == "" || !longer || again == 0 {
			return waits
		}
	}
}

// waited compares waits in seconds: each is as long as was asked for, and less
// than a second longer. Where chance shortens a wait, its longest is what the
// table's draw was taken of.
func waited(want, got []float64, draw float64) (objection string, longer bool) {
	jittered := draw > 0
	if len(want) != len(got) {
		return fmt.Sprintf("waits: got %.2f, want %v", got, want), false
	}
	var list []string
	short := false
	for i, asked := range want {
		least, most := asked, asked
		if jittered {
			least, most = 0, asked/draw
		}
		if got[i] < least-0.05 || got[i] > most+0.9 {
			list = append(list, fmt.Sprintf("wait %d: got %.2f, want %v to %v", i+1, got[i], least, most))
		}
		short = short || got[i] < least-0.05
	}
	return strings.Join(list, "\n"), !short
}
