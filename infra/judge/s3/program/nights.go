package program

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// A Sayer takes what came out; *judge.Judge is one.
type Sayer interface{ Case(what, objection string) }

// Same plays two nights of the demo's town into a place and into a folder, the
// second with unchanged items copied and the first expiring, and wants list,
// verify and get to tell the same of both.
func (p *Program) Same(place string, say Sayer) {
	p.t.Helper()
	var told []map[string]any
	for _, where := range []string{filepath.Join(p.t.TempDir(), "backups"), place} {
		town := p.simulate("demo")
		p.nights(town, where)
		told = append(told, map[string]any{
			"list": p.list(where), "verify": p.Run("", "verify", "--from", where), "get": p.get(where),
		})
	}
	for what := range told[0] {
		say.Case("mapkeep "+what+" of two nights", cmp.Diff(told[0][what], told[1][what]))
	}
}

// nights backs one town up twice.
func (p *Program) nights(town portal, to string) {
	for _, settings := range [][]string{{}, {"--ignore-existing", "--archive-number", "0"}} {
		p.Run(string(town.Secret), append([]string{
			"run", "--portal", town.Portal, "--secret-file", "-", "--to", to, "--trusted-hosts", strings.Join(town.TrustedHosts, ","),
			"--backup-tags", strings.Join(town.BackupTags, ","), "--directory-tags", strings.Join(town.DirectoryTags, ","),
			"--date-format", "night", "--export-delay", "1",
		}, settings...)...)
	}
}

// list is what mapkeep list tells, but for names and times.
func (p *Program) list(place string) any {
	var told []string
	for _, b := range p.Run("", "list", "--from", place)["backups"].([]any) {
		b := b.(map[string]any)
		told = append(told, fmt.Sprint(b["folder"], " ", b["status"], " ", b["items"], " ", b["failed"], " ", b["bytes"], " ", b["retention"]))
	}
	return told
}

// get brings both backups to the disk, and gives their files: by their hash,
// without the ports of the simulated hosts; of the manifest, which names the run
// and its times, what it says of each item; of the log that it is there.
func (p *Program) get(place string) any {
	into := p.t.TempDir()
	for _, b := range p.Run("", "list", "--from", place)["backups"].([]any) {
		name := b.(map[string]any)["folder"].(string)
		p.Run("", "get", "--from", place, name, "--into", filepath.Join(into, name))
	}
	files := map[string]any{}
	err := filepath.WalkDir(into, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		name, _ := filepath.Rel(into, path)
		name = filepath.ToSlash(name)
		sum := sha256.Sum256(port.ReplaceAll(body, []byte("127.0.0.1")))
		switch files[name] = hex.EncodeToString(sum[:]); {
		case d.Name() == "manifest.json":
			files[name] = ways(body)
		case strings.Count(name, "/") == 1:
			files[name] = "the log"
		}
		return err
	})
	if err != nil {
		p.t.Fatalf("read what get brought: %v", err)
	}
	return files
}

var port = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// ways is how each item of a manifest came into its backup.
func ways(manifest []byte) any {
	var m struct {
		Status string
		Items  map[string]struct {
			Success bool
			Way     string
		}
	}
	if err := json.Unmarshal(manifest, &m); err != nil {
		return err.Error()
	}
	return m
}
