package arcgistest

import (
	"time"
)

// Admin is the user name of the organization's administrator.
const Admin = "mapkeeper"

// Scenario is what a portal holds when it starts, and how it behaves.
type Scenario struct {
	// Name is the name by which Named finds the scenario, and Says one line
	// about it.
	Name, Says string
	// BackupTags and DirectoryTags are settings that suit the scenario.
	BackupTags, DirectoryTags []string

	items []*Item
	users []user
	rules rules
}

// user is a member of the organization.
type user struct{ name, password, role string }

// rules are the portal's own ways, the knobs of a scenario.
type rules struct {
	lag        time.Duration
	atOnce     int
	strictSelf bool
	noBin      bool
	enterprise bool
	tokenUses  int
	tokenLife  time.Duration
	mislabel   bool
	nerves     int
	stable     bool
	viewsSleep bool
}

// NewScenario is a portal with no items, an administrator and a well-behaved
// day: nothing lags, nothing fails.
func NewScenario() *Scenario {
	return &Scenario{BackupTags: []string{"backup"}, DirectoryTags: []string{"parks", "roads", "water"},
		users: []user{{Admin, "correct horse battery staple", "org_admin"}},
		rules: rules{tokenLife: 14 * 24 * time.Hour}}
}

func (s *Scenario) put(i *Item) *Item { s.items = append(s.items, i); return i }

// Layer adds a hosted Feature Service with one layer of 40 rows.
func (s *Scenario) Layer(title string) *Item { return s.service(title, "Feature Service") }

// View adds a view of a hosted layer: a Feature Service whose features are
// those of another.
func (s *Scenario) View(title string, of *Item) *Item {
	v := s.service(title, "Feature Service").Keywords("View Service")
	v.source, v.layers, v.body = of.ID, append([]sublayer(nil), of.layers...), body{}
	return v
}

// Scene adds a hosted Scene Service.
func (s *Scenario) Scene(title string) *Item { return s.service(title, "Scene Service") }

// Tiles adds a hosted Vector Tile Service.
func (s *Scenario) Tiles(title string) *Item { return s.service(title, "Vector Tile Service") }

func (s *Scenario) service(title, kind string) *Item {
	i := s.put(newItem(len(s.items), title, kind)).Keywords("Data", "Service", "Hosted Service")
	i.hosted, i.layers, i.script.polls = true, []sublayer{{name: title, rows: 40}}, 1
	if kind == "Feature Service" {
		i.body.text = []byte(`{"layers":[{"id":0,"popupInfo":{"title":"{name}","fieldInfos":[]}}]}`)
	}
	return i
}

// File adds a file item of 3,000 bytes, named as its title.
func (s *Scenario) File(title, kind string) *Item {
	i := s.put(newItem(len(s.items), title, kind))
	i.body = body{file: true, size: 3000}
	return i
}

// Text adds an item whose data is JSON text, a Web Map for instance.
func (s *Scenario) Text(title, kind, json string) *Item {
	i := s.put(newItem(len(s.items), title, kind))
	i.body = body{text: []byte(json)}
	return i
}

// Link adds an item that is an address and nothing more.
func (s *Scenario) Link(title, kind, url string) *Item {
	i := s.put(newItem(len(s.items), title, kind)).NoDataError(500, "", "Item does not have a file.")
	i.url = url
	return i
}

// ReferencedService adds a service that is registered from elsewhere: it has
// no data, no export, and its address is the portal's StrangerURL.
func (s *Scenario) ReferencedService(title, kind string) *Item {
	i := s.put(newItem(len(s.items), title, kind)).Keywords("Data", "Service")
	i.layers = []sublayer{{name: title, rows: 40}}
	return i
}

// User adds a member: role org_admin, org_publisher or org_user.
func (s *Scenario) User(name, password, role string) *Scenario {
	s.users = append(s.users, user{name, password, role})
	return s
}

// IndexLag lets the search notice changes made after the start only d later.
func (s *Scenario) IndexLag(d time.Duration) *Scenario { s.rules.lag = d; return s }

// ExportsAtOnce limits the exports that run at a time in the organization;
// the others wait in processing.
func (s *Scenario) ExportsAtOnce(n int) *Scenario { s.rules.atOnce = n; return s }

// StrictSelf lets portals/self refuse a bad token with 498, instead of
// answering as if nobody had signed in.
func (s *Scenario) StrictSelf() *Scenario { s.rules.strictSelf = true; return s }

// NoRecycleBin is an organization without a recycle bin: what is deleted is
// gone.
func (s *Scenario) NoRecycleBin() *Scenario { s.rules.noBin = true; return s }

// Enterprise makes the portal an ArcGIS Enterprise one under /portal: it
// streams files itself and has no recycle bin.
func (s *Scenario) Enterprise() *Scenario { s.rules.enterprise, s.rules.noBin = true, true; return s }

// TokenUses lets every token expire after so many calls.
func (s *Scenario) TokenUses(n int) *Scenario { s.rules.tokenUses = n; return s }

// TokenLife caps how long a token may live.
func (s *Scenario) TokenLife(d time.Duration) *Scenario { s.rules.tokenLife = d; return s }

// Mislabel gives JSON as text/plain, and files as text/html.
func (s *Scenario) Mislabel() *Scenario { s.rules.mislabel = true; return s }

// Nervous lets one call of n fail once or twice, in ways that follow from
// what it asks for: a reset, 500, 502, 503, an answer cut or lost, a time-out.
// About one item there are three such troubles at most, and three about none.
func (s *Scenario) Nervous(n int) *Scenario { s.rules.nerves = n; return s }

// StableOrder keeps search results in one order even without sortField.
func (s *Scenario) StableOrder() *Scenario { s.rules.stable = true; return s }

// ViewsKeepTheirDate lets a view's editingInfo stay as it is when the
// features of its source are edited.
func (s *Scenario) ViewsKeepTheirDate() *Scenario { s.rules.viewsSleep = true; return s }
