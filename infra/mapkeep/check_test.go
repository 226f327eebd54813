package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/backup"
)

// checks runs it against a portal with a secret.
func checks(p *arcgistest.Portal, secret []byte, flags ...string) said {
	args := append([]string{"check", "--portal", p.URL, "--secret-file", "-"}, flags...)
	return mapkeep(context.Background(), string(secret), args...)
}

func TestCheckTellsWhatARunWouldFind(t *testing.T) {
	t.Parallel()
	p := openTown(t)
	s := checks(p.Portal, p.Secret(), "--backup-tags", "backup,risky", "--backup-exclude-items", signs1, "--json").ends(t, exitWell)
	got := document[checked](t, s)
	examples := got.Tags[0].Examples
	got.Tags[0].Examples = nil
	want := checked{
		Portal: p.URL, Org: got.Org, OrgName: "Town of Littlefield", User: arcgistest.Admin, Role: "org_admin", RecycleBin: "on",
		Tags:    []checkedTag{{Tag: "backup", Exact: 4, Almost: 1}, {Tag: "risky", Exact: 1, Examples: []almost{}}},
		Items:   4,
		Ways:    map[backup.Way]int{backup.ByExport: 2, backup.ByFile: 1, backup.ByText: 1},
		Skipped: got.Skipped,
		MayNot:  []refusable{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("check (-want +got):\n%s", diff)
	}
	if len(examples) != 1 || examples[0].Title != "Old trails" {
		t.Errorf("check: items found almost: %v, want Old trails", examples)
	}
	if len(got.Skipped) != 2 || got.Skipped[signs1].Reason != backup.SkipExcludedItem {
		t.Errorf("check: skipped %v, want Old trails and the excluded item", got.Skipped)
	}
	checks(p.Portal, p.Secret(), "--backup-tags", "backup", "--backup-exclude-types", "CSV").ends(t, exitWell).
		says(t, "recycle bin:  on", "role org_admin", "not taken: Old trails (backups, parks)", "2 items: 1 export, 1 text", "2 excluded type")
	if left := p.Exports(); len(left) > 0 {
		t.Errorf("check made exports: %v", left)
	}
}

func TestCheckNamesWhatMayBeRefused(t *testing.T) {
	t.Parallel()
	p := openTown(t)
	p.Reassign(lost, arcgistest.Admin)
	s := checks(p.Portal, p.SecretOf("rosa"), "--backup-tags", "risky", "--json").ends(t, exitWell)
	if diff := cmp.Diff([]refusable{{lost, "Lost", "Feature Service", arcgistest.Admin}}, document[checked](t, s).MayNot); diff != "" {
		t.Errorf("check as rosa: what may be refused (-want +got):\n%s", diff)
	}
	checks(p.Portal, p.SecretOf("rosa"), "--backup-tags", "risky").ends(t, exitWell).says(t, "1 of them may be refused", "Lost (Feature Service of "+arcgistest.Admin)
}

func TestCheckEndsAsARunWouldFail(t *testing.T) {
	t.Parallel()
	p := openTown(t)
	for _, c := range []struct {
		secret string
		flags  []string
		code   int
		says   string
	}{
		{`{"username":"rosa","password":"wrong"}`, []string{"--backup-tags", "backup"}, exitFailed, "refused the sign-in"},
		{string(p.Secret()), []string{"--backup-tags", "nothing"}, exitFailed, "none would be backed up"},
		{string(p.Secret()), []string{"--backup-tags", "nothing", "--allow-empty"}, exitWell, "0 items"},
		{string(p.Secret()), []string{"--max-retries", "99"}, exitUsage, "max_retries"},
		{"{}", []string{"--backup-tags", "backup"}, exitUsage, "the secret can't be used"},
	} {
		checks(p.Portal, []byte(c.secret), c.flags...).ends(t, c.code).says(t, c.says)
	}
}

func TestCheckProbesThePlace(t *testing.T) {
	t.Parallel()
	p := openTown(t)
	empty, file := t.TempDir(), filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	for _, c := range []struct {
		to, state string
		code      int
	}{
		{copyOfBackups(t), stateReady, exitWell},
		{empty, stateNew, exitWell},
		{filepath.Join(empty, "not", "yet"), stateNew, exitWell},
		{filepath.Join(file, "below"), stateBad, exitFailed},
	} {
		s := checks(p.Portal, p.Secret(), "--backup-tags", "backup", "--to", c.to, "--json").ends(t, c.code)
		if got := document[failed[checked]](t, s).Document.To; got == nil || got.State != c.state {
			t.Errorf("check --to %s: %+v, want state %q", c.to, got, c.state)
		}
	}
	if entries, err := os.ReadDir(empty); err != nil || len(entries) > 0 {
		t.Errorf("check made %v in an empty folder (%v)", entries, err)
	}
}

func TestCheckIsPatient(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().Nervous(2).TokenUses(2)
	s.Layer("Trails").Tags("backup")
	p := arcgistest.Start(s)
	t.Cleanup(p.Close)
	checks(p, p.Secret(), "--backup-tags", "backup", "--export-delay", "1", "--max-retries", "9").ends(t, exitWell).says(t, "1 items: 1 export")
}
