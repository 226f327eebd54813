//go:build !race

package infra_test

const (
	raced = false // the race detector watches, which takes its time
	seeds = 6     // of TestTroublesByChance
)
