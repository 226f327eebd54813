//go:build localstack

package runs_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A difference is a fact that is not the same on both sides; a side that does
// not have it has "nothing".
type difference struct{ about, local, cloud string }

func (d difference) String() string {
	return fmt.Sprintf("%s\n    mapkeep run: %.300s\n    LocalStack:  %.300s", d.about, d.local, d.cloud)
}

// particulars are what one item, run or element of a list has for itself.
var particulars = regexp.MustCompile(`[0-9a-f]{32}|\[\d+\]|<run \d+>|"[^"]*"|[^/ ]*_backup_`)

func (d difference) kind() string { return particulars.ReplaceAllString(d.about, "") }

// compare gives the differences of one group of facts.
func compare(local, cloud map[string]string) []difference {
	all := maps.Clone(local)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, cloud)
	var out []difference
	for _, about := range slices.Sorted(maps.Keys(all)) {
		l, inLocal := local[about]
		c, inCloud := cloud[about]
		if l == c && inLocal == inCloud {
			continue
		}
		d := difference{about, "nothing", "nothing"}
		if inLocal {
			d.local = l
		}
		if inCloud {
			d.cloud = c
		}
		out = append(out, d)
	}
	return out
}

// A row explains the differences that are like it: in what they are about,
// and in what either side has, or in that they are none without some words of
// LocalStack's. All are regular expressions, "" is any.
type row struct{ about, local, cloud, without, reason string }

// caught is how LocalStack's error begins when a Map's results can't be written.
const caught = `The JSONPath '\$\.list\.results' could not be found in the input `

// rows are all the differences that there may be.
var rows = []row{
	{about: `\.mapkeep/runs/probe.*`, cloud: "nothing", reason: "`mapkeep run` tries a place before it works there; a stack has a bucket of its own"},
	{about: `.* \.execution`, local: "<a child's execution>", cloud: "<execution>",
		reason: "$$.Execution of a child is the parent's: LocalStack has no child executions"},
	{about: `\.mapkeep/runs/<run \d>/map/.*`, cloud: "nothing",
		reason: "ResultWriter's Prefix.$ is evaluated on the children's outputs: nothing is written, and the Map ends in its Catch"},
	{about: `.* \.info \.(warnings( \[\d\])?|error)`, local: `nothing|null|\[\]`, cloud: "nothing|" + caught + ".*",
		reason: "the log tells what the Map's Catch caught"},
	{about: `night \d cause`, without: "; " + caught + `('\[null(,null)*\]'|[^…]*…)`, reason: "the cause tells what the Map's Catch caught"},
}

// explained holds differences against the rows.
type explained struct {
	mu   sync.Mutex
	rows []compiled
	used []bool
}

type compiled struct{ about, local, cloud, without *regexp.Regexp }

func newExplained() *explained {
	e := &explained{used: make([]bool, len(rows))}
	for _, r := range rows {
		e.rows = append(e.rows, compiled{whole(r.about), whole(r.local), whole(r.cloud), regexp.MustCompile(r.without)})
	}
	return e
}

func whole(text string) *regexp.Regexp {
	if text == "" {
		text = ".*"
	}
	return regexp.MustCompile(`^(?s:` + text + `)$`)
}

func (c compiled) like(d difference) bool {
	if !c.about.MatchString(d.about) || !c.local.MatchString(d.local) || !c.cloud.MatchString(d.cloud) {
		return false
	}
	return c.without.String() == "" || c.without.ReplaceAllString(d.cloud, "") == d.local
}

// A verdict is what the rows say of the differences in one group.
type verdict struct {
	reasons     []string
	unexplained []difference
}

// text shows one difference of each kind: those that differ in the item, the
// run or the place in a list alone are of one.
func (v verdict) text() string {
	kinds, first := map[string]int{}, []difference{}
	for _, d := range v.unexplained {
		if kinds[d.kind()]++; kinds[d.kind()] == 1 {
			first = append(first, d)
		}
	}
	var out []string
	for _, d := range first {
		text := d.String()
		if n := kinds[d.kind()]; n > 1 {
			text += fmt.Sprintf("\n    and %d more like it", n-1)
		}
		out = append(out, text)
	}
	return fmt.Sprintf("%d differences:\n  %s", len(v.unexplained), strings.Join(out, "\n  "))
}

// judge looks for the one row that explains each difference.
func (e *explained) judge(differences []difference) verdict {
	e.mu.Lock()
	defer e.mu.Unlock()
	var v verdict
	for _, d := range differences {
		found := e.like(d)
		if len(found) != 1 {
			v.unexplained = append(v.unexplained, d)
			continue
		}
		e.used[found[0]] = true
		if reason := rows[found[0]].reason; !slices.Contains(v.reasons, reason) {
			v.reasons = append(v.reasons, reason)
		}
	}
	return v
}

func (e *explained) like(d difference) []int {
	var found []int
	for n, row := range e.rows {
		if row.like(d) {
			found = append(found, n)
		}
	}
	return found
}

// unused are the rows that explained nothing: they would hide what comes.
func (e *explained) unused() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []string
	for n, used := range e.used {
		if !used {
			out = append(out, fmt.Sprintf("%+v", rows[n]))
		}
	}
	return out
}
