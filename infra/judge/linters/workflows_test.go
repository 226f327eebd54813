package linters_test

// The workflows, each time with one mistake.
var brokenWorkflows = []broken{
	{"a runner that is none", release, "runs-on: ubuntu-24.04\n", "runs-on: ubuntu-2404\n", actionlint},
	{"a key that is none", release, "needs: build", "need: build", actionlint},
	{"a job that is none", release, "needs: build", "needs: builds", actionlint},
	{"a value that is none", ci, "github.ref_name != 'main'", "github.refname != 'main'", actionlint},
	{"a stranger's title in a script", ci, "run: make check", `run: make check "${{ github.event.pull_request.title }}"`, actionlint},
	{"a condition that is always true", release, "    needs: build\n", "    needs: build\n    if: ${{ github.ref_type == 'tag' }} && true\n", actionlint},
	{"an action by its tag", ci, "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5", "actions/cache@v5", ours},
	{"a commit without its version", ci, "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5", "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae", ours},
	{"a right for every job", ci, "contents: read", "contents: write", ours},
	{"no word on rights", release, "permissions:\n  contents: read\n", "", ours},
	{"a job without an end", release, "    timeout-minutes: 10\n", "", ours},
	{"secrets for strangers", ci, "  pull_request:\n", "  pull_request_target:\n", ours},
}
