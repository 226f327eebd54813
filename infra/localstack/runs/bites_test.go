//go:build localstack

package runs_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bites are faults, each an edit of the first text behind another, that are
// deployed and must be found by the comparison.
var bites = []struct{ fault, file, after, old, new string }{
	{"Download is not repeated", "infra/backup.asl.json", `"Download": {`, `"MaxAttempts": ${MaxRetries}`, `"MaxAttempts": 0`},
	{"a failed Download is not closed", "infra/backup.asl.json", `"Download": {`, `"Next": "Close"}]`, `"Next": "CloseFailed"}]`},
	{"List in the place of Finish", "infra/backup.asl.json", `"Finish": {`, "${FinishFunction}", "${ListFunction}"},
	{"every backup is called complete", "infra/backup.asl.json", `"Outcome": {`, `"Default": "NotComplete"`, `"Default": "Complete"`},
	{"exports stay in the portal", "template.yaml", "", "DELETE_BACKUP_ONLINE: !Ref DeleteBackupOnline", `DELETE_BACKUP_ONLINE: "false"`},
}

// bite plays the small scenario with a fault, and asks what differs that
// nothing explains.
func (w *world) bite(ctx context.Context, t *testing.T, n int) (found bool) {
	s := small
	s.name = fmt.Sprintf("bite-%d", n)
	local, cloud, err := w.play(ctx, t, s, w.edited(t, n))
	if err != nil {
		t.Fatal(err)
	}
	all := newExplained()
	for _, group := range groups(local, cloud) {
		if v := all.judge(compare(local[group], cloud[group])); len(v.unexplained) > 0 {
			t.Logf("%s: %d differences, as %v", group, len(v.unexplained), v.unexplained[0])
			found = true
		}
	}
	return found
}

// edited is a copy of what is deployed, with a fault in it.
func (w *world) edited(t *testing.T, n int) string {
	t.Helper()
	b := bites[n]
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(w.stack, "dist"), filepath.Join(dir, "dist")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"template.yaml", "infra/backup.asl.json"} {
		data, err := os.ReadFile(filepath.Join(w.stack, name))
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if name == b.file {
			before, rest, found := strings.Cut(text, b.after)
			if !found || !strings.Contains(rest, b.old) {
				t.Fatalf("%s has no %q behind %q", b.file, b.old, b.after)
			}
			text = before + b.after + strings.Replace(rest, b.old, b.new, 1)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
