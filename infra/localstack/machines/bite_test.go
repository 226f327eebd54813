//go:build localstack

package machines_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/infra/localstack"
	"github.com/mapkeep/mapkeep/infra/mapkeep/states/statestest"
)

// TestBites edits machines by one word each: LocalStack must then make
// something else of them, and the judge must see what.
func TestBites(t *testing.T) {
	t.Parallel()
	j := judge.New(t, "LocalStack: machines", localstack.Version)
	l := open(t, "bite")
	cases := map[string]statestest.Case{}
	for _, c := range statestest.Load(t, table) {
		cases[c.Name] = c
	}
	bites := []struct{ name, old, new, finds string }{
		{"retry-used-up", `"MaxAttempts": 1`, `"MaxAttempts": 0`, "calls: got 1, want 2"},
		{"retry-grows-to-its-bound", `"MaxDelaySeconds": 2`, `"MaxDelaySeconds": 3`, "wait 3"},
		{"wait-by-path", `"SecondsPath": "$.wait"`, `"Seconds": 0`, "wait 1"},
		{"catch-by-go-type", `"PortalUnavailable"`, `"portalUnavailable"`, "status"},
		{"choice-first-rule", `"pending"`, `"ready"`, "status"},
		{"path-result-in-place", `"$.a"`, `"$.b"`, "output"},
		{"fail-by-function", `{} of {}`, `{} from {}`, "cause"},
		{"map-at-most", `"MaxItems": 2`, `"MaxItems": 3`, "output"},
		{"refused-two-waits", `, "SecondsPath": "$.n"`, ``, "status"},
	}
	var all sync.WaitGroup
	defer all.Wait()
	for _, b := range bites {
		c := cases[b.name]
		if strings.Count(string(c.Machine), b.old) != 1 {
			t.Fatalf("%s: %s is not there once", b.name, b.old)
		}
		c.Machine = []byte(strings.Replace(string(c.Machine), b.old, b.new, 1))
		all.Go(func() {
			found := l.objection(t.Context(), c, c.Want)
			if !strings.Contains(found, b.finds) {
				t.Errorf("%s with %s: got %q, want it to tell of %q", b.name, b.new, found, b.finds)
			}
			j.Bites(b.name+": "+b.old+" made "+b.new, found != "")
		})
	}
	c := cases["task-result"] // one whose difference is explained
	found := l.objection(t.Context(), c, c.Want)
	j.Bites("an explained difference that is no longer so", strings.HasPrefix(found, "output"))
}
