//go:build race

package infra_test

// raced says that the race detector watches, which takes its time.
const (
	raced = true
	seeds = 2
)
