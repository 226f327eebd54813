//go:build judges

package esri_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

func TestJavaScript(t *testing.T) {
	t.Parallel()
	modules, j := javascript(t)
	w := open(t)
	w.javascriptVerdicts().judge(t, j, "", w.run(t, w.node(t, modules, w.URL, w.CA(), allGroups...)))
	j.Case("endpoints it never asks", cmp.Diff([]string{arcgistest.DeleteItems}, w.unasked()))
	j.Case("what the portal holds against it", cmp.Diff([]string{"a Referer at the file host", "a token in a URL's query", "credentials at the file host"}, w.breaches()))
	for name, objection := range w.downloads(t) {
		j.Case("bytes of "+name, objection)
	}
	if left := w.Exports(); len(left) > 0 {
		t.Errorf("after all deletions: got exports %v, want none", left)
	}
}

func TestJavaScriptOnEnterprise(t *testing.T) {
	t.Parallel()
	modules, j := javascript(t)
	w := open(t, (*arcgistest.Scenario).Enterprise)
	v := w.javascriptVerdicts()
	v.want["portal"].(object)["isPortal"] = true
	v.want["delete into the bin"] = notThere           // it has none
	v.want["file, token in a header"] = v.want["file"] // and streams files itself
	delete(v.differs, "file, token in a header")
	v.judge(t, j, "Enterprise: ", w.run(t, w.node(t, modules, w.URL, w.CA(), allGroups...)))
}

func TestJavaScriptMeetsFaults(t *testing.T) {
	t.Parallel()
	modules, j := javascript(t)
	bites(t, j, faults, (*town).javascriptVerdicts, func(w *town, portal string, ca []byte, group string) program {
		return w.node(t, modules, portal, ca, group)
	})
}

// javascript is where the client's modules are, and its judge.
func javascript(t *testing.T) (modules string, j *judge.Judge) {
	t.Helper()
	modules = judge.Tool(t, root, "npm")
	return modules, judge.New(t, "arcgis-rest-js", release(t, modules))
}

// release is the version of the client that is installed.
func release(t *testing.T, modules string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(modules, "node_modules", "@esri", "arcgis-rest-request", "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var about struct{ Version string }
	if err := json.Unmarshal(data, &about); err != nil || about.Version == "" {
		t.Fatalf("version of arcgis-rest-js: %q, %v", about.Version, err)
	}
	return about.Version
}

// node is client.mjs at work on a portal whose certificate ca vouches for.
func (w *town) node(t *testing.T, modules, portal string, ca []byte, groups ...string) program {
	t.Helper()
	pem := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(pem, ca, 0o644); err != nil {
		t.Fatal(err)
	}
	return program{[]string{"node", "client.mjs", modules, w.settings(t, portal, groups)}, []string{"PATH=" + os.Getenv("PATH"), "NODE_EXTRA_CA_CERTS=" + pem}}
}

// javascriptVerdicts are what is right in all cases of client.mjs, and where
// that client is wrong.
func (w *town) javascriptVerdicts() verdicts {
	want := w.right()
	maps.Copy(want, w.exported())
	unable := refusal(400, "Unable to generate token.")
	maps.Copy(want, facts{
		"sign in, wrong password":               unable,
		"sign in, unknown user":                 unable,
		"token's hours":                         14 * 24,
		"token ended":                           object{"title": "Trail Map", "renewed": true},
		"token ended, and the password changed": unable,
		"token in a header":                     "Trail Map",
		"resource, not there":                   400,
		"metadata, not there":                   400,
		"sources of a view":                     []string{w.items["trail"].ID},
		"export fails":                          refusal("UNKNOWN_ERROR_CODE", "Error exporting data to filegdb format"),
		"export fails in JSON":                  refusal(500, "Export job failed."),
		"export, bad format":                    refusal(400, "Invalid export format 'Papyrus'."),
		"export, not there":                     notThere,
		"JSON that owns a key error":            refusal(500, "only a setting of this app"),
		"file, token in a header":               refusal("HTTP 400", "Bad Request"),
		"thumbnail at the client's address":     403,
	})
	return verdicts{want, map[string]string{
		"JSON that owns a key error":        "any JSON with a key error is taken for an error of the portal's, also an item's data (checkForErrors in request.js)",
		"file, token in a header":           "at the redirect it gives X-Esri-Authorization on to the file host, and the simulated one refuses whoever brings credentials",
		"thumbnail at the client's address": "it appends ?TOKEN where ?token=TOKEN is meant (decorateThumbnail in items/helpers.js)",
	}}
}
