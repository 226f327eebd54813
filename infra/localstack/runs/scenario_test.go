//go:build localstack

package runs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/backup"
)

// A scenario is what a simulated portal holds, and the runs that are made of
// it one after the other.
type scenario struct {
	name     string
	holds    func() (*arcgistest.Scenario, error)
	settings map[string]string // by name, as a parameter or a flag says them
	without  []string          // titles of items that are left out
	password string            // another than the right one
	nights   []night           // none is one, with the input {}
	rule     bool              // an EventBridge rule starts the execution
	marker   string            // the bucket's tag, else drawn
	end      string            // error of the last night's execution, "" for a good one
}

// A night is one run. Its input is what differs from the settings.
type night struct {
	input map[string]any
	edit  []string // titles of layers that are edited before it
}

// scenarios are played by both sides.
var scenarios = []scenario{
	// The second night copies all but what was edited, and expires the first.
	{name: "demo", holds: named("demo"), settings: map[string]string{"max_retries": "3"}, nights: []night{
		{}, {input: map[string]any{"ignore_existing": true, "archive_number": 0}, edit: []string{"Hydrants", "Trail Map"}}}},
	// A rule's input {} is what the schedule gives, but LocalStack sends no
	// empty one; so this one says what holds anyway.
	{name: "odd", holds: named("odd"), rule: true, nights: []night{{input: map[string]any{"allow_empty": false}}},
		settings: map[string]string{"backup_directory": "gis/nightly", "backup_file_suffix": " of ", "max_concurrency": "20"}},
	// Whether the portal fails a search for leftovers follows from the tag.
	{name: "flaky", holds: named("flaky"), marker: "mapkeep-0123456789ab", settings: map[string]string{"max_retries": "5", "max_concurrency": "30"}},
	// What is left out would take an hour of real time, and is the next one.
	{name: "broken", holds: named("broken"), end: "BackupPartial", without: []string{"Export hangs"},
		settings: map[string]string{"max_retries": "1", "max_concurrency": "30"}},
	{name: "hanging", holds: hanging, end: "BackupFailed", settings: map[string]string{"export_timeout": "60"}},
	{name: "empty", holds: named("empty"), end: "BackupFailed"},
	{name: "empty, and allowed", holds: named("empty"), settings: map[string]string{"allow_empty": "true"}},
	{name: "wrong password", holds: named("demo"), password: "incorrect horse", end: "BackupFailed"},
	small,
}

// small has in few items what most edits of machine or template show at.
var small = scenario{name: "small", end: "BackupPartial", holds: func() (*arcgistest.Scenario, error) {
	s := arcgistest.NewScenario()
	s.Layer("Trail Map").Tags("backup", "parks")
	s.Layer("Fails once").Tags("backup").ExportFails(1, "Error exporting data to filegdb format")
	s.File("Cut once.pdf", "PDF").Tags("backup").CutDownloads(1).Bulk(100_000)
	s.File("Is a page.pdf", "PDF").Tags("backup").HTMLInstead()
	return s, nil
}}

func hanging() (*arcgistest.Scenario, error) {
	s := arcgistest.NewScenario()
	s.Layer("Hangs").Tags("backup").ExportHangs()
	return s, nil
}

// named is a scenario as `mapkeep simulate --scenario` names it.
func named(name string) func() (*arcgistest.Scenario, error) {
	return func() (*arcgistest.Scenario, error) { return arcgistest.Named(name) }
}

// plays are the scenario's nights.
func (s scenario) plays() []night {
	if len(s.nights) == 0 {
		return []night{{}}
	}
	return s.nights
}

// secret is what signs in to a portal.
func (s scenario) secret(p *arcgistest.Portal) []byte {
	if s.password == "" {
		return p.Secret()
	}
	right, _ := json.Marshal(p.Password)
	wrong, _ := json.Marshal(s.password)
	return bytes.Replace(p.Secret(), right, wrong, 1)
}

// set are the settings for a portal: their names, and what they are set to.
func (s scenario) set(p *arcgistest.Portal, over map[string]any) ([]backup.Setting, map[string]string, error) {
	holds, err := s.holds()
	if err != nil {
		return nil, nil, err
	}
	values := map[string]string{
		"backup_tags": list(holds.BackupTags), "directory_tags": list(holds.DirectoryTags),
		"portal": p.URL, "trusted_hosts": list(p.TrustedHosts()),
		"backup_exclude_items": list(ids(p, s.without)), "export_delay": "1", "max_retries": "2",
	}
	maps.Copy(values, s.settings)
	for name, value := range over {
		values[name] = fmt.Sprint(value)
	}
	given := slices.DeleteFunc(backup.Names(), func(setting backup.Setting) bool {
		_, ok := values[setting.Name]
		return !ok
	})
	return given, values, nil
}

// ids are the items of these titles.
func ids(p *arcgistest.Portal, titles []string) []string {
	var out []string
	for _, title := range titles {
		for _, item := range p.Items() {
			if item.Title == title {
				out = append(out, item.ID)
			}
		}
	}
	return out
}

// list says a list as a parameter or a flag does.
func list(values []string) string {
	escaped := make([]string, len(values))
	for i, value := range values {
		escaped[i] = strings.ReplaceAll(value, ",", `\,`)
	}
	return strings.Join(escaped, ",")
}
