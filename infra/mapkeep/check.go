package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/backup/list"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/selection"
)

type checkCommand struct {
	To string `help:"A place to look at too: a folder, or s3://BUCKET[/PREFIX]." placeholder:"PLACE"`
	secretFlag
	settingFlags
}

// checked is the command's document. What was not reached is empty.
type checked struct {
	Portal     string                    `json:"portal"`
	Enterprise bool                      `json:"enterprise"`
	Org        string                    `json:"org"`
	OrgName    string                    `json:"org_name"`
	User       string                    `json:"user"` // "" for an application
	Role       string                    `json:"role"`
	RecycleBin string                    `json:"recycle_bin"` // on, off, unknown
	Tags       []checkedTag              `json:"tags"`
	Items      int                       `json:"items"`
	Ways       map[backup.Way]int        `json:"ways"`
	Skipped    map[string]backup.Skipped `json:"skipped"` // by item id
	MayNot     []refusable               `json:"may_not_export"`
	To         *checkedPlace             `json:"to,omitempty"`
}

// A checkedTag is what the search for one tag finds: the portal also shows
// items whose tags only contain the words.
type checkedTag struct {
	Tag      string   `json:"tag"`
	Exact    int      `json:"exact"`
	Almost   int      `json:"almost"`
	Examples []almost `json:"examples"` // the first of the almost
}

// An almost is an item whose tags look like one that is wanted.
type almost struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Tags  []string `json:"tags"`
}

// A refusable is an item whose export the portal may refuse to this account.
type refusable struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Type  string `json:"type"`
	Owner string `json:"owner"`
}

// shownAlmost is how many almost found items are named.
const shownAlmost = 5

// run asks the portal what a run would ask first, and changes nothing.
func (c *checkCommand) run(ctx context.Context, a *app) exit {
	settings, err := c.settingFlags.readFor(c.To)
	if err != nil {
		return exit{err: err}
	}
	text, err := c.secretFlag.read(a)
	if err != nil {
		return exit{err: err}
	}
	answer := &checked{Portal: settings.Portal, Tags: []checkedTag{}, Ways: map[backup.Way]int{},
		Skipped: map[string]backup.Skipped{}, MayNot: []refusable{}}
	err = answer.askPortal(ctx, a, settings, text)
	if err == nil {
		answer.showItems(a)
		err = answer.nothing(settings)
	}
	if c.To != "" && ctx.Err() == nil {
		var placeErr error
		answer.To, placeErr = checkPlace(ctx, a, c.To)
		err = joined(err, placeErr)
	}
	if err != nil {
		return stopped(ctx, answer, err)
	}
	return exit{document: answer}
}

// askPortal signs in, searches and selects.
func (c *checked) askPortal(ctx context.Context, a *app, s backup.Settings, secret []byte) error {
	portal, err := arcgis.New(arcgis.Options{
		Portal: s.Portal, Trusted: s.TrustedHosts, Agent: "mapkeep/" + backup.Version,
		Secret: func(context.Context) (arcgis.Secret, error) { return arcgis.ParseSecret(secret) },
	})
	if err != nil {
		return usage("%w", err)
	}
	ask := patient{retries: s.MaxRetries, delay: s.ExportDelay, say: a.say}
	var self arcgis.Self
	if err := ask.until(ctx, func() (err error) { self, err = portal.Self(ctx); return err }); err != nil {
		return err
	}
	c.Enterprise, c.Org, c.OrgName, c.RecycleBin = self.Enterprise, self.Org, self.Name, self.RecycleBin
	c.User, c.Role = self.Username, self.Role
	c.showAccount(a)
	found := []selection.Found{}
	for _, tag := range s.BackupTags {
		var items []arcgis.Item
		err := ask.until(ctx, func() (err error) {
			items, _, err = portal.Search(ctx, arcgis.Query{Tag: tag, Org: self.Org})
			return err
		})
		if err != nil {
			return fmt.Errorf("search the tag %q: %w", tag, err)
		}
		c.Tags = append(c.Tags, countTag(tag, items))
		for _, item := range items {
			found = append(found, list.Found(item))
		}
	}
	c.choose(found, s, self)
	return nil
}

// countTag parts exact from almost.
func countTag(tag string, items []arcgis.Item) checkedTag {
	t := checkedTag{Tag: tag, Examples: []almost{}}
	for _, item := range items {
		if slices.Contains(item.Tags, tag) {
			t.Exact++
			continue
		}
		if t.Almost++; t.Almost <= shownAlmost {
			t.Examples = append(t.Examples, almost{item.ID, item.Title, append([]string{}, item.Tags...)})
		}
	}
	return t
}

// choose selects as a run would.
func (c *checked) choose(found []selection.Found, s backup.Settings, self arcgis.Self) {
	entries, skipped := selection.Select(found, s, "")
	c.Items, c.Skipped = len(entries), skipped
	for _, e := range entries {
		c.Ways[e.Item.Way]++
		if e.Item.Way == backup.ByExport && !mayExport(self, e.Item.Owner) {
			c.MayNot = append(c.MayNot, refusable{e.Item.ID, e.Item.Title, e.Item.Type, e.Item.Owner})
		}
	}
}

// mayExport reports whether the portal surely lets the account export an
// owner's items: to the owner and to administrators. To others it does so only
// where the layer's owner allows it ("Allow others to export different
// formats"), and what it lets an application do it does not tell.
func mayExport(self arcgis.Self, owner string) bool {
	return self.Role == "org_admin" || self.Username != "" && strings.EqualFold(self.Username, owner)
}

// nothing is an error when a run would find nothing to do.
func (c *checked) nothing(s backup.Settings) error {
	if c.Items > 0 || s.AllowEmpty {
		return nil
	}
	return fault.New(fault.NothingSelected, fmt.Sprintf(
		"a run would fail: of the %d items that the search finds none would be backed up", len(c.Skipped)))
}
