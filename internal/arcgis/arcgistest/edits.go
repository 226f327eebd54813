package arcgistest

import (
	"fmt"
	"slices"
	"time"
)

// The edits that people make between two nights. Each panics on an id that
// the portal doesn't hold, since the test that asks is wrong; each may be
// called while the portal serves.

// EditFeatures changes features of the last layer or table of a service: its
// editingInfo moves, and the item's modified does not.
func (p *Portal) EditFeatures(id string) {
	p.edit(id, func(i *item, now time.Time) {
		if len(i.layers) == 0 {
			panic("arcgistest: no features in item " + id)
		}
		i.edition++
		i.edits[i.layers[len(i.layers)-1].id] = now
	})
}

// EditItem changes an item's description, and so its modified.
func (p *Portal) EditItem(id string) {
	p.edit(id, func(i *item, now time.Time) { i.snippet, i.modified = "edited "+now.Format(time.RFC3339), now })
}

// ReplaceFile gives a file item new bytes, or a JSON item new text.
func (p *Portal) ReplaceFile(id string, b []byte) {
	p.edit(id, func(i *item, now time.Time) {
		i.edition++
		i.modified = now
		if i.body.text != nil {
			i.body.text = b
		} else {
			i.body.bytes, i.body.size = b, int64(len(b))
		}
	})
}

// Rename changes an item's title; its file keeps its name.
func (p *Portal) Rename(id, title string) {
	p.edit(id, func(i *item, now time.Time) {
		if name, ok := i.filename().(string); ok {
			i.name = name
		}
		i.title, i.modified = title, now
	})
}

// Retag changes an item's tags.
func (p *Portal) Retag(id string, tags ...string) {
	p.edit(id, func(i *item, now time.Time) { i.tags, i.modified = tags, now })
}

// Reassign gives an item to another owner.
func (p *Portal) Reassign(id, owner string) {
	p.edit(id, func(i *item, now time.Time) {
		p.release(i)
		p.owned[i.owner] = slices.DeleteFunc(p.owned[i.owner], func(o *item) bool { return o == i })
		i.owner, i.folder, i.modified = owner, "", now
		p.keep(i)
	})
}

// Protect turns an item's delete protection on or off.
func (p *Portal) Protect(id string, on bool) {
	p.edit(id, func(i *item, _ time.Time) { i.protected = on })
}

// Mend takes all troubles from an item.
func (p *Portal) Mend(id string) {
	p.edit(id, func(i *item, _ time.Time) { i.script = script{polls: 1} })
}

// Add brings an item in: one that a Scenario's builder made.
func (p *Portal) Add(draft *Item) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.admit(draft, p.Clock.Now().Add(p.rules.lag))
}

// Remove deletes an item for good, as its owner would.
func (p *Portal) Remove(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(p.must(id))
}

// SetPassword changes a user's password; tokens stay good.
func (p *Portal) SetPassword(user, password string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, ok := p.users[user]
	if !ok {
		panic("arcgistest: no user " + user)
	}
	u.password = password
	p.users[user] = u
	if user == Admin {
		p.Password = password
	}
}

// ExpireTokens ends all tokens that were given out to those who signed in;
// those of SecretToken live on.
func (p *Portal) ExpireTokens() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.sessions {
		if !s.fixed {
			s.expires = time.Time{}
		}
	}
}

// ThrottleAll answers every call of the API with "Retry after N sec." for d
// of the portal's clock.
func (p *Portal) ThrottleAll(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quiet = p.Clock.Now().Add(d)
}

func (p *Portal) edit(id string, change func(*item, time.Time)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.must(id)
	change(i, p.Clock.Now())
	p.retell(id, p.doc(i))
}

func (p *Portal) must(id string) *item {
	i := p.items[id]
	if i == nil {
		panic(fmt.Sprintf("arcgistest: no item %s", id))
	}
	return i
}
