package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/backup"
)

type demoCommand struct {
	Nights   int    `default:"1" help:"Nights to play, a day apart, with edits between them." placeholder:"N"`
	Into     string `help:"Folder for the backups; the default is the first free mapkeep-demo, mapkeep-demo-2, …" placeholder:"DIR"`
	Scenario string `default:"demo" help:"What the simulated portal holds: ${scenarios}." placeholder:"NAME"`
}

func (d *demoCommand) run(ctx context.Context, a *app) exit {
	scenario, err := arcgistest.Named(d.Scenario)
	if err != nil {
		return exit{err: usage("%w", err)}
	}
	if d.Nights < 1 || d.Nights > 366 {
		return exit{err: usage("--nights %d: it must be from 1 to 366", d.Nights)}
	}
	if err := named(folderMisnamed(runtime.GOOS, d.Into)); err != nil {
		return exit{err: err}
	}
	dir, err := demoFolder(d.Into)
	if err != nil {
		return exit{err: usage("%w", err)}
	}
	portal, err := arcgistest.Open(scenario)
	if err != nil {
		return exit{err: err}
	}
	defer portal.Close()
	settings, err := demoSettings(scenario, portal, d.Nights)
	if err != nil {
		return exit{err: usage("%w", err)}
	}
	p, err := openPlace(ctx, dir, a.logs())
	if err != nil {
		return exit{err: err}
	}
	defer p.close()
	a.say("A simulated portal at %s: %s.", portal.URL, strings.TrimSuffix(scenario.Says, "."))
	a.say("Backing up what is tagged %s into %s\n", strings.Join(settings.BackupTags, ", "), dir)
	var last exit
	for n := 0; n < d.Nights; n++ {
		if n > 0 {
			portal.Advance(24 * time.Hour)
			for _, said := range edits(portal, settings, n) {
				a.say("  %s", said)
			}
		}
		if d.Nights > 1 {
			a.say("Night %d", n+1)
		}
		last = night{app: a, place: p, settings: settings, secret: portal.Secret(), undoDays: 1,
			offset: time.Duration(n) * 24 * time.Hour, view: newView(a)}.run(ctx)
		if last.err != nil && last.code != exitSome {
			return last
		}
		a.say("")
	}
	if !a.json {
		d.show(a, dir)
	}
	return last
}

// demoFolder is a new folder for the demo.
func demoFolder(into string) (string, error) {
	if into != "" {
		return filepath.Abs(into)
	}
	for n := 1; ; n++ {
		name := "mapkeep-demo"
		if n > 1 {
			name = fmt.Sprintf("mapkeep-demo-%d", n)
		}
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return filepath.Abs(name)
		}
	}
}

// demoSettings suit the scenario. Several nights show copies and retention.
func demoSettings(s *arcgistest.Scenario, portal *arcgistest.Portal, nights int) (backup.Settings, error) {
	settings := backup.Defaults()
	settings.BackupTags, settings.DirectoryTags = s.BackupTags, s.DirectoryTags
	settings.Portal, settings.TrustedHosts = portal.URL, portal.TrustedHosts()
	settings.ExportDelay, settings.ExportTimeout = 1, 300
	if nights > 1 {
		settings.IgnoreExisting, settings.ArchiveNumber = true, 2
	}
	return settings, settings.Check()
}

// edits changes the portal between two nights: features of one layer, one
// title, and on the third night an item goes.
func edits(portal *arcgistest.Portal, s backup.Settings, n int) []string {
	var layers, others []arcgistest.Listed
	for _, item := range portal.Items() {
		switch {
		case item.Export || item.Recycled || !tagged(item.Tags, s.BackupTags):
		case item.Type == "Feature Service":
			layers = append(layers, item)
		default:
			others = append(others, item)
		}
	}
	var said []string
	if len(layers) > 0 {
		item := layers[n%len(layers)]
		portal.EditFeatures(item.ID)
		said = append(said, fmt.Sprintf("(somebody edits the features of %q)", item.Title))
	}
	if len(others) > 0 && n%2 == 0 {
		item := others[n%len(others)]
		portal.Rename(item.ID, item.Title+" (revised)")
		said = append(said, fmt.Sprintf("(somebody renames %q)", item.Title))
	}
	if len(others) > 1 && n == 3 {
		item := others[len(others)-1]
		portal.Remove(item.ID)
		said = append(said, fmt.Sprintf("(somebody deletes %q)", item.Title))
	}
	return said
}

func tagged(tags, wanted []string) bool {
	for _, tag := range tags {
		for _, want := range wanted {
			if tag == want {
				return true
			}
		}
	}
	return false
}

// show prints what was made and what to try next.
func (d *demoCommand) show(a *app, dir string) {
	root := filepath.Join(dir, "data", "backups")
	a.say("What lies in %s:", root)
	tree(a, root, "  ")
	short := dir
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, dir); err == nil && !strings.HasPrefix(rel, "..") {
			short = rel
		}
	}
	program := called()
	a.say("\nTry next:")
	a.say("  %s list --from %s", program, short)
	a.say("  %s verify --from %s", program, short)
	a.say("  %s demo --nights 5", program)
}

// tree prints a folder; of many files in one folder it prints the first ones.
func tree(a *app, dir, indent string) {
	const shown = 6
	entries, err := os.ReadDir(dir)
	if err != nil {
		a.say("%s%v", indent, err)
		return
	}
	files := 0
	for _, entry := range entries {
		switch {
		case strings.HasPrefix(entry.Name(), "."):
		case entry.IsDir():
			a.say("%s%s/", indent, entry.Name())
			tree(a, filepath.Join(dir, entry.Name()), indent+"  ")
		default:
			if files++; files <= shown {
				a.say("%s%s", indent, entry.Name())
			}
		}
	}
	if files > shown {
		a.say("%s… and %d more files", indent, files-shown)
	}
}

// called is how a person calls this program: one that Go built for a moment
// is called through Go.
func called() string {
	if path, err := os.Executable(); err == nil && strings.Contains(path, "go-build") {
		return "go run ./infra/mapkeep"
	}
	return "mapkeep"
}
