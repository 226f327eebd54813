package linters

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/mapkeep/mapkeep/infra"
)

// Workflow says what is wrong with a workflow of GitHub: an action that is not
// pinned to a commit, its version told beside it; rights that every job gets; a
// job that may run for GitHub's six hours; code of strangers beside secrets.
func Workflow(text []byte) []string {
	doc, err := infra.Decode(text)
	if err != nil {
		return []string{err.Error()}
	}
	var p problems
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		if uses.MatchString(line) && !pinned.MatchString(line) {
			p.add("line %d: %s is not pinned as OWNER/NAME@COMMIT # vX.Y.Z", number, strings.TrimSpace(line))
		}
	}
	rights, said := doc["permissions"].(map[string]any)
	if !said {
		p.add("permissions: none are set, so every job has the repository's default")
	}
	for what, right := range rights {
		if right != "read" && right != "none" {
			p.add("permissions: %s: %v for every job; let the job that needs it ask for it", what, right)
		}
	}
	if strings.Contains(fmt.Sprint(doc["on"]), "pull_request_target") {
		p.add("on: pull_request_target gives a stranger's code our secrets")
	}
	jobs, _ := doc["jobs"].(map[string]any)
	for name, job := range jobs {
		if at(job, "timeout-minutes") == nil {
			p.add("job %s has no timeout-minutes", name)
		}
	}
	return p.sorted()
}

var (
	uses   = regexp.MustCompile(`^\s*(- )?uses:`)
	pinned = regexp.MustCompile(`^\s*(- )?uses: [\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+\s*$`)
)
