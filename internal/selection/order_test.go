package selection_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/selection"
)

func TestLongestFirst(t *testing.T) {
	t.Parallel()
	type item struct {
		id   string
		way  backup.Way
		size int64
		last *backup.Previous
	}
	took := func(seconds float64, size int64) *backup.Previous {
		return &backup.Previous{Seconds: seconds, Size: size}
	}
	for _, c := range []struct {
		name  string
		items []item
		want  []string
	}{
		{"nothing is known", []item{{"a", backup.ByFile, 0, nil}, {"b", backup.ByFile, -1, nil}, {"c", backup.ByText, 0, nil}}, []string{"a", "b", "c"}},
		{"by size", []item{{"small", backup.ByFile, 1 << 20, nil}, {"large", backup.ByFile, 1 << 30, nil}}, []string{"large", "small"}},
		{"an export waits at the portal", []item{{"file", backup.ByFile, 1 << 20, nil}, {"layer", backup.ByExport, 1 << 20, nil}}, []string{"layer", "file"}},
		{"the last run tells more than the size", []item{{"large", backup.ByExport, 50 << 20, took(2, 50<<20)}, {"slow", backup.ByExport, 1 << 20, took(600, 1<<20)}}, []string{"slow", "large"}},
		{"a new layer between those that are known", []item{{"quick", backup.ByExport, 0, took(1, 1)}, {"new", backup.ByExport, 0, nil}, {"slow", backup.ByExport, 0, took(100, 1)}}, []string{"slow", "new", "quick"}},
		{"a file that has grown since", []item{{"same", backup.ByFile, 2 << 30, took(0, 2<<30)}, {"grown", backup.ByFile, 4 << 30, took(0, 1<<20)}}, []string{"grown", "same"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var entries []backup.Entry
			size := map[string]int64{}
			for _, i := range c.items {
				entries = append(entries, backup.Entry{Item: backup.Item{ID: i.id}, Docket: backup.Docket{Item: i.id, Way: i.way, Previous: i.last}})
				size[i.id] = i.size
			}
			selection.LongestFirst(entries, size)
			var got []string
			for _, e := range entries {
				got = append(got, e.Item.ID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("LongestFirst (-want +got):\n%s", diff)
			}
		})
	}
}
