package catalog

import "github.com/mapkeep/mapkeep/internal/backup"

// Counts are the items of a run, as an execution's output gives them.
type Counts struct {
	Total     int `json:"total"`     // BackedUp and Failed
	BackedUp  int `json:"backed_up"` // Unchanged among them
	Failed    int `json:"failed"`
	Unchanged int `json:"unchanged"` // copied forward from an older backup
	Skipped   int `json:"skipped"`   // outside of Total
}

// A Summary counts the records of a run. Begin with
// Summary{Counts: Counts{Skipped: n}}, n being what List skipped, and add
// each record in the selection's order.
type Summary struct {
	Counts
	Bytes int64           // all item objects of the folder, those of failed items included
	First []backup.Record // the first failed items, for Cause; at most shown of them
}

// Add counts one record.
func (s *Summary) Add(r backup.Record) {
	for _, f := range []*backup.File{r.Data, r.Description} {
		if f != nil {
			s.Bytes += f.Size
		}
	}
	if r.Gone {
		s.Skipped++
		return
	}
	s.Total++
	if !r.Success {
		s.Failed++
		if len(s.First) < shown {
			s.First = append(s.First, r)
		}
		return
	}
	s.BackedUp++
	if r.Way == backup.ByCopy {
		s.Unchanged++
	}
}

// Status decides how the run ended. broken says that it has no right to be a
// backup whatever its records say: nothing could be listed, or it was
// interrupted. A run without items is complete only where that is allowed.
func (s *Summary) Status(broken, allowEmpty bool) string {
	switch {
	case broken, s.Total == 0 && !allowEmpty, s.Total > 0 && s.BackedUp == 0:
		return backup.RunFailed
	case s.Failed > 0:
		return backup.RunPartial
	}
	return backup.RunComplete
}
