package infra_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

func TestMain(m *testing.M) { machinetest.Main(m, rightsAsSeen) }

// wantPath compares a path with the states' names, blanks between them.
func wantPath(t *testing.T, got *machinetest.Got, item, path string) {
	t.Helper()
	if have := strings.Join(got.Path(item), " "); have != path {
		what := "the run"
		if item != "" {
			what = fmt.Sprintf("item %s (%s)", item, errorOf(got, item))
		}
		t.Errorf("path of %s:\n got %s\nwant %s", what, have, path)
	}
}

// wantStatus compares how a run ended.
func wantStatus(t *testing.T, got *machinetest.Got, status string) {
	t.Helper()
	if got.Status != status {
		t.Fatalf("the run is %q, want %q: %s %s %s", got.Status, status, got.Execution.Status, got.Execution.Error, got.Execution.Cause)
	}
}

// wantError looks for a text in an item's error.
func wantError(t *testing.T, got *machinetest.Got, item, text string) {
	t.Helper()
	if have := errorOf(got, item); have == "" || !strings.Contains(have, text) {
		t.Errorf("error of item %s: got %q, want one with %q", item, have, text)
	}
}

func errorOf(got *machinetest.Got, item string) string {
	if got.Log == nil || got.Log.Items[item].Error == nil {
		return ""
	}
	return *got.Log.Items[item].Error
}

// one is a night with one layer.
func one(t *testing.T) (*machinetest.Night, *arcgistest.Item) {
	s := arcgistest.NewScenario()
	layer := s.Layer("Trail Map").Tags("backup", "parks")
	return machinetest.New(t, s), layer
}
