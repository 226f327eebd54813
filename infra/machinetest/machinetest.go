// Package machinetest runs backups as they are deployed, in a test and
// without waiting: the real backup.asl.json in the real interpreter, the six
// real rooms behind their real doors, a real S3 server and the simulated
// portal, all under one clock that moves only when everybody sleeps. It fakes
// nothing that is ours; it is not for testing a room alone.
//
//	night := machinetest.New(t, scenario).With("archive_number", 1)
//	got := night.Run()
//	got.Sound()
//	got.Path(trail.ID) // Way, Export, Exporting, ...
//	night.AdvanceDays(1)
//	got = night.Run()
//
// A test binary that uses it has
//
//	func TestMain(m *testing.M) { machinetest.Main(m) }
package machinetest

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects/objectstest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// Start is when the first night begins, for portal and machine.
var Start = time.Date(2026, 11, 23, 2, 15, 0, 0, time.UTC)

// Main runs the tests, asks last what they have shown together, and ends the
// S3 server that they share. What is asked fails the binary by its error; it
// is left out, and that is said, where not all tests ran or one failed.
func Main(m *testing.M, last ...func() error) {
	objectstest.Child()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	code := m.Run()
	closeServer()
	for _, ask := range last {
		if why := incomplete(code); why != "" {
			fmt.Printf("machinetest: what all tests show together is not looked at: %s\n", why)
		} else if err := ask(); err != nil {
			fmt.Printf("FAIL: %v\n", err)
			code = 1
		}
	}
	os.Exit(code)
}

// incomplete says why the tests can't be taken for all that there are.
func incomplete(code int) string {
	if code != 0 {
		return "a test failed"
	}
	for _, name := range []string{"run", "skip", "list"} {
		if value := flag.Lookup("test." + name).Value.String(); value != "" {
			return fmt.Sprintf("-%s %s", name, value)
		}
	}
	if flag.Lookup("test.count").Value.String() == "0" {
		return "-count 0"
	}
	return ""
}

// A Night is one stack and its settings, with a portal and a bucket that
// live through any number of runs. Several nights may share both: see Beside.
type Night struct {
	*world
	settings map[string]any
	name     string // of the stack, part of its executions' names
	rooms    rooms
	troubles
	hooks
}

// world is what nights can share.
type world struct {
	t      testing.TB
	Portal *arcgistest.Portal
	clock  *clock
	*bucket

	mu   sync.Mutex
	runs int
}

// New opens a portal for the scenario and an empty bucket; both end with the
// test. The settings are the defaults, with what suits the scenario.
func New(t testing.TB, s *arcgistest.Scenario, opts ...arcgistest.Option) *Night {
	t.Helper()
	hands := arcgistest.At(Start)
	portal := arcgistest.Start(s, append(opts, arcgistest.WithClock(hands))...)
	t.Cleanup(portal.Close)
	w := &world{t: t, Portal: portal, clock: newClock(hands), bucket: newBucket(t)}
	n := &Night{world: w, name: "mapkeep", settings: map[string]any{
		"backup_tags": s.BackupTags, "directory_tags": s.DirectoryTags,
		"portal": portal.URL, "trusted_hosts": portal.TrustedHosts(),
	}}
	return n.SignsInWith(portal.Secret)
}

// Named is New for a scenario that arcgistest knows by name.
func Named(t testing.TB, name string) *Night {
	t.Helper()
	s, err := arcgistest.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return New(t, s)
}

// With sets a setting by its JSON name for the runs to come: as the stack is
// made with it where an execution can't change it, else in the input.
func (n *Night) With(name string, value any) *Night {
	n.settings[name] = value
	return n
}

// Without leaves a setting out, so that its default holds.
func (n *Night) Without(name string) *Night {
	delete(n.settings, name)
	return n
}

// SignsInWith changes the secret, which is read at every sign-in.
func (n *Night) SignsInWith(secret func() []byte) *Night {
	n.rooms = rooms{secret: secret}
	return n
}

// Beside is another stack with the same settings on the same portal, bucket
// and clock, without the troubles and hooks of this one.
func (n *Night) Beside() *Night {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.runs++
	return &Night{world: n.world, settings: maps.Clone(n.settings),
		name: fmt.Sprintf("%s-%d", n.name, n.runs), rooms: rooms{secret: n.rooms.secret}}
}

// AdvanceDays lets days pass, for the portal and for the age of objects too.
func (n *Night) AdvanceDays(days int) *Night { return n.Advance(time.Duration(days) * 24 * time.Hour) }

// Advance lets time pass.
func (n *Night) Advance(d time.Duration) *Night {
	n.stamp(n.clock.Now())
	n.clock.advance(d)
	return n
}

// Now is the time of machine and portal.
func (n *Night) Now() time.Time { return n.clock.Now() }

// Item finds an item of the portal by its title.
func (n *Night) Item(title string) string {
	n.t.Helper()
	for _, item := range n.Portal.Items() {
		if item.Title == title && !item.Export {
			return item.ID
		}
	}
	n.t.Fatalf("the portal has no item %q", title)
	return ""
}

// encoded is settings as JSON.
func encoded(settings map[string]any) json.RawMessage {
	text, err := json.Marshal(settings)
	if err != nil {
		panic(fmt.Sprintf("machinetest: settings %v: %v", settings, err))
	}
	return text
}
