package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// A scriptPortal is the simulated portal of one script.
type scriptPortal struct{ *arcgistest.Portal }

// portalWords are what a script can say of it.
//
//	portal [-tls] SCENARIO    starts one: $PORTAL, $TRUSTED, secret.json
//	portal mute               starts a host that takes a call and never answers
//	edit features|title|mend|remove ITEM   changes it; an item by its title
//	edit password|throttle    changes the password; asks everybody to come back in an hour
//	asked N ENDPOINT          the endpoint was asked so many times
//	until ENDPOINT N [ITEM]   waits until it has been asked N times, or +N times from now on
//	until exports N           waits until so many temporary exports are online
//	until call N              waits until the mute host was called so often
//	until facts FILE          waits until simulate has written its document there, and uses that portal
//	nothing-left              no export is left online, and no rule was broken
//	exports N                 so many temporary exports are online
//	no-secret PATH…           no password or token is in a file there, nor in what was said last
var portalWords = map[string]func(*testscript.TestScript, bool, []string){
	"portal": startPortal, "edit": edit, "asked": asked, "until": until,
	"nothing-left": nothingLeft, "exports": exportsOnline, "no-secret": noSecret,
}

// scriptScenarios are portals small enough for a script.
var scriptScenarios = map[string]func() *arcgistest.Scenario{
	"village": village,
	"hanging": func() *arcgistest.Scenario { // one export never ends
		s := village()
		s.Layer("Endless").As(endless).Tags("tag1").ExportHangs()
		return s
	},
	"refusing": func() *arcgistest.Scenario { // one export is refused
		s := village()
		s.Layer("Forbidden").Tags("tag1").ExportRefused(400, "Export is not enabled for this item")
		return s
	},
	"large": func() *arcgistest.Scenario {
		s := arcgistest.NewScenario()
		s.File("Aerial survey.tif", "Image").Tags("tag1").Bulk(24 << 20)
		s.File("Rules.pdf", "PDF").Tags("tag1")
		return s
	},
}

const endless = "99999999999999999999999999999999"

// village is four items of four ways, one of another tag and one that only
// looks tagged.
func village() *arcgistest.Scenario {
	s := arcgistest.NewScenario()
	s.Layer("Trail Map").As(trails).Tags("tag1", "parks").ExportTakes(0)
	s.File("Rules.pdf", "PDF").As(signs1).Tags("tag2", "tag1")
	s.Text("Story", "StoryMap", `{"root":"n-1"}`).As(story1).Tags("a,b", "tag2")
	s.Link("Weather", "Document Link", "https://weather.example/").Tags("tag1")
	s.Layer("Wells").As(wells).Tags("water").ExportTakes(0)
	s.File("Almost.csv", "CSV").Tags("Tag1", "tag1 old")
	return s
}

const (
	story1 = "11111111111111111111111111111111"
	wells  = "22222222222222222222222222222222"
)

func startPortal(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 1, "portal [-tls] SCENARIO")
	if args[0] == "mute" {
		mute(ts)
		return
	}
	var options []arcgistest.Option
	if args[0] == "-tls" {
		options, args = append(options, arcgistest.TLS()), args[1:]
	}
	scenario, err := arcgistest.Named(args[0])
	if build := scriptScenarios[args[0]]; build != nil {
		scenario, err = build(), nil
	}
	ts.Check(err)
	p, err := arcgistest.Open(scenario, options...)
	ts.Check(err)
	ts.Defer(p.Close)
	taleOf(ts).portal = scriptPortal{p}
	ts.Setenv("PORTAL", p.URL)
	ts.Setenv("TRUSTED", strings.Join(p.TrustedHosts(), ","))
	ts.Check(os.WriteFile(ts.MkAbs("secret.json"), p.Secret(), 0o600))
}

func mute(ts *testscript.TestScript) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = listener.Close() })
	calls := &taleOf(ts).calls
	go func() {
		for {
			call, err := listener.Accept()
			if err != nil {
				return
			}
			defer call.Close() //nolint:errcheck // when the listener is closed
			calls.Add(1)
		}
	}()
	ts.Setenv("PORTAL", "http://"+listener.Addr().String())
	ts.Check(os.WriteFile(ts.MkAbs("secret.json"), []byte(`{"username":"rosa","password":"rosa's own"}`), 0o600))
}

func edit(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 1, "edit features|title|mend|remove ITEM, or edit password|throttle")
	p := taleOf(ts).portal
	switch args[0] {
	case "password":
		p.SetPassword(p.Username, "changed meanwhile")
		return
	case "throttle":
		p.ThrottleAll(time.Hour)
		return
	}
	arguments(ts, neg, args, 2, "edit features|title|mend|remove ITEM")
	id := p.named(args[1])
	change := map[string]func(string){
		"features": p.EditFeatures, "mend": p.Mend, "remove": p.Remove,
		"title": func(id string) { p.Rename(id, args[1]+" (revised)") },
	}[args[0]]
	if id == "" || change == nil {
		ts.Fatalf("nothing to %s: %s", args[0], args[1])
	}
	change(id)
}

func asked(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 2, "asked N ENDPOINT")
	if got := fmt.Sprint(taleOf(ts).portal.Count(args[1])); got != args[0] {
		ts.Fatalf("the portal was asked for %s %s times, want %s", args[1], got, args[0])
	}
}

func nothingLeft(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 0, "nothing-left")
	exportsOnline(ts, false, []string{"0"})
	if broken := taleOf(ts).portal.Violations(); len(broken) > 0 {
		ts.Fatalf("the portal saw what no client should do:\n%s", strings.Join(broken, "\n"))
	}
}

func exportsOnline(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 1, "exports N")
	if left := taleOf(ts).portal.Exports(); fmt.Sprint(len(left)) != args[0] {
		ts.Fatalf("%d temporary exports are online, want %s: %+v", len(left), args[0], left)
	}
}

func noSecret(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 0, "no-secret [PATH…]")
	secrets := taleOf(ts).secrets()
	look := func(where string, text []byte) {
		for _, secret := range secrets {
			if bytes.Contains(text, []byte(secret)) {
				ts.Fatalf("%s holds %q", where, secret)
			}
		}
	}
	for _, root := range args {
		files := 0
		ts.Check(filepath.WalkDir(ts.MkAbs(root), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			look(path, append(text, path...))
			files++
			return err
		}))
		if files == 0 {
			ts.Fatalf("no file in %s", root)
		}
	}
	look("standard output", []byte(ts.ReadFile("stdout")))
	look("standard error", []byte(ts.ReadFile("stderr")))
}

// secrets are the password and what all tokens of the portal begin with.
func (t *tale) secrets() []string {
	one, other := string(t.portal.SecretToken()), string(t.portal.SecretToken())
	n := strings.Index(one, `:"`) + len(`:"`)
	from := n
	for one[n] == other[n] {
		n++
	}
	return []string{t.portal.Password, one[from:n]}
}
