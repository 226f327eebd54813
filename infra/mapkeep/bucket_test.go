package main

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The ordinary AWS environment leads to a bucket; here it is a folder's store,
// reached as if it were somewhere else.
func TestCommandsReadABucket(t *testing.T) {
	p, err := openPlace(t.Context(), copyOfBackups(t), io.Discard)
	must(t, err)
	t.Cleanup(p.close)
	for _, pair := range p.environ {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
	for place, want := range map[string][]string{
		"s3://backups":       {"backup_first", "backup_second", "town/gis/backup_third"},
		"s3://backups/town/": {"gis/backup_third"},
		"s3://backups/none":  nil,
	} {
		var found []string
		s := mapkeep(context.Background(), "", "list", "--json", "--from", place).ends(t, exitWell)
		for _, b := range document[listed](t, s).Backups {
			found = append(found, b.Folder)
		}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("list --from %s (-want +got):\n%s", place, diff)
		}
	}
	mapkeep(context.Background(), "", "verify", "--from", "s3://backups/town").ends(t, exitWell).says(t, "gis/backup_third: all 9 files")
	into := t.TempDir()
	mapkeep(context.Background(), "", "get", "--from", "s3://backups/town/gis", "backup_third", story, "--into", into).ends(t, exitWell)
	if got := len(files(t, filepath.Join(into, "uncategorized"))); got != 2 {
		t.Errorf("get of an item from a bucket brought %d files, want 2", got)
	}
	mapkeep(context.Background(), "", "list", "--from", "s3://elsewhere").ends(t, exitFailed).says(t, "there is no such bucket")

	portal := openTown(t)
	s := checks(portal.Portal, portal.Secret(), "--backup-tags", "backup", "--to", "s3://backups/town", "--json").ends(t, exitWell)
	if got := document[checked](t, s).To; got == nil || got.State != stateReady {
		t.Errorf("check --to s3://backups/town: %+v, want it ready", got)
	}
}
