//go:build race

package infra_test

const (
	raced = true // the race detector watches, which takes its time
	seeds = 2    // of TestTroublesByChance
)
