package infra_test

import (
	"testing"

	"github.com/mapkeep/mapkeep/infra/machinetest"
)

func TestMain(m *testing.M) { machinetest.Main(m) }

func TestDemo(t *testing.T) {
	t.Parallel()
	got := machinetest.Named(t, "demo").Run().Sound()
	if got.Status != "complete" || len(got.Log.Order) != 24 {
		t.Errorf("demo: %s with %d items, want complete with 24: %s", got.Status, len(got.Log.Order), got.Execution.Cause)
	}
	t.Log(got.Took, got.Execution.Error, got.Execution.Cause)
}
