//go:build judges

package linters_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/infra/judge/linters"
)

// Every broken copy is refused by somebody, and by whom its row names.
func TestBrokenCopiesAreRefused(t *testing.T) {
	l := open(t)
	judges := map[string]*judge.Judge{}
	for name, version := range versions {
		judges[name] = judge.New(t, name, version)
	}
	all := copies()
	found := ask(l, spread(t, l, all), len(all))
	for i, b := range all {
		finders := found[i]
		if len(own(b.file, b.text(t), t)) > 0 {
			finders[ours] = true
		}
		t.Logf("%-45s %s", b.name, strings.Join(slices.Sorted(maps.Keys(finders)), ", "))
		if j := judges[b.by]; j != nil {
			j.Bites(b.name, finders[b.by])
		} else if !finders[b.by] {
			t.Errorf("%s: %s should have found it", b.name, b.by)
		}
	}
}

// A question is one call of a linter: the files, each with its copy's place.
type question struct {
	name  string
	ask   linter
	files map[string]int
}

// spread writes the copies down for all who may find what is wrong with them.
// `sam validate --lint` has cfn-lint inside, and is asked only for the copies
// that it has to find.
func spread(t *testing.T, l tools, all []broken) []question {
	plain, sam, asl, workflows := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	translated := map[string]int{}
	for i, b := range all {
		name, text := fmt.Sprintf("%02d%s", i, filepath.Ext(b.file)), b.text(t)
		switch b.file {
		case template:
			path := write(t, name, text)
			plain[path], translated[path] = i, i
			if b.by == samValidate {
				sam[path] = i
			}
		case machine:
			values, err := linters.Values([]byte(file(t, template)), linters.Usual)
			if err != nil {
				t.Fatal(err)
			}
			text = string(linters.Fill([]byte(text), values))
			plain[write(t, name, wrapped(t, text))], asl[write(t, name, text)] = i, i
		default:
			workflows[write(t, name, text)] = i
		}
	}
	return []question{{cfnLint, l.cfnLint, plain}, {samValidate, l.samValidate, sam}, {aslValidator, l.aslValidator, asl},
		{actionlint, l.actionlint, workflows}, {translator, l.translate, translated}}
}

// ask gives for each of n copies those who refuse it. What the translator
// takes is put before cfn-lint too.
func ask(l tools, questions []question, n int) []map[string]bool {
	found := make([]map[string]bool, n)
	for i := range found {
		found[i] = map[string]bool{}
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	put := func(q question) {
		said := q.ask(slices.Sorted(maps.Keys(q.files))...)
		mu.Lock()
		defer mu.Unlock()
		for path, i := range q.files {
			against, _ := sift(said[path])
			found[i][q.name] = found[i][q.name] || len(against) > 0
		}
	}
	for _, q := range questions {
		wait.Go(func() {
			put(q)
			if q.name == translator {
				put(question{cfnLint, l.cfnLint, taken(q, found, &mu)})
			}
		})
	}
	wait.Wait()
	for _, finders := range found {
		maps.DeleteFunc(finders, func(_ string, refuses bool) bool { return !refuses })
	}
	return found
}

// taken are the files that the translator left.
func taken(q question, found []map[string]bool, mu *sync.Mutex) map[string]int {
	mu.Lock()
	defer mu.Unlock()
	files := map[string]int{}
	for path, i := range q.files {
		if !found[i][q.name] {
			files[path+".json"] = i
		}
	}
	return files
}
