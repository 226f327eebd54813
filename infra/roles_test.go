package infra_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// grants are the rights of template.yaml, and what was asked beyond them.
type grants struct {
	mu      sync.Mutex
	rights  map[string][]string // role and verb -> patterns
	refused []string
}

func newGrants(t *testing.T, directory string) *grants {
	g := &grants{rights: map[string][]string{}}
	for role, table := range rightsInBucket(t, directory != "") {
		for line := range strings.Lines(table) {
			words := strings.Fields(strings.ReplaceAll(line, "DIR/", directory+"/"))
			g.rights[role+" "+words[0]] = words[1:]
		}
	}
	return g
}

// may answers as IAM does: a star stands for any text.
func (g *grants) may(role, verb, key string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if slices.ContainsFunc(g.rights[role+" "+verb], func(pattern string) bool { return matches(pattern, key) }) {
		return true
	}
	g.refused = append(g.refused, role+" "+verb+" "+key)
	return false
}

func matches(pattern, text string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	if !strings.HasPrefix(text, head) {
		return false
	}
	for i := len(head); i <= len(text); i++ {
		if matches(rest, text[i:]) {
			return true
		}
	}
	return false
}

// A stack's roles suffice for all that its rooms and its machine do, and a key
// that is missing is forbidden to them rather than not found.
func TestRolesSuffice(t *testing.T) {
	t.Parallel()
	for _, directory := range []string{"", "gis/agol"} {
		t.Run("directory "+directory, func(t *testing.T) {
			t.Parallel()
			s := arcgistest.NewScenario()
			layer := s.Layer("Trail Map").Tags("backup", "parks").ExportFails(1, "no room").CutDownloads(1)
			large := s.File("Aerial survey.pdf", "PDF").Tags("backup").Bulk(40 << 20).CutDownloads(1)
			s.Text("Map", "Web Map", `{"version":"2.31"}`).Tags("backup")
			bad := s.File("Truncated.pdf", "PDF").Tags("backup").Truncated()
			g := newGrants(t, directory)
			n := machinetest.New(t, s).ActsInRoles(g.may).With("backup_directory", directory).With("archive_number", 0).With("max_retries", 1).With("ignore_existing", true)
			n.Hurries("download", large.ID, 10*time.Second, 1).LosesAnswer("finish", "", 1).LosesAnswer("list", "", 1)
			first := n.Run().Sound()
			wantStatus(t, first, "partial")
			n.Portal.Mend(bad.ID)
			n.Heals().StopsAt("Check", "").AdvanceDays(1).Run()
			n.AdvanceDays(5).With("backup_exclude_items", []string{bad.ID}).Run().Sound()
			last := n.AdvanceDays(1).Without("backup_exclude_items").Run().Sound()
			wantStatus(t, last, "complete")
			if way := *last.Item(layer.ID).Way; way != "copy" {
				t.Errorf("way of the layer in the last night: got %s, want copy", way)
			}
			n.Delete(*last.Item(layer.ID).BackupPath) // a key that is forbidden now is asked for by a listing
			again := n.AdvanceDays(1).Run().Sound()
			wantStatus(t, again, "complete")
			if way := *again.Item(layer.ID).Way; way != "export" {
				t.Errorf("way of the layer whose older copy is gone: got %s, want export", way)
			}
			n.SignsInWith(func() []byte { return []byte(`{"username":"mapkeeper","password":"wrong"}`) }).AdvanceDays(1).Run().Sound()
			if len(g.refused) > 0 {
				t.Errorf("the roles lack rights: %q", slices.Compact(g.refused))
			}
		})
	}
}
