// Package list is the machine's first step: it reads the settings, claims the
// run's folder, signs in, finds the tagged items and writes items.json, which
// the Map reads. Asked twice for one execution it gives one answer.
package list

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // for date_format: Lambda's system and Windows have no zone data of their own

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/ledger"
	"github.com/mapkeep/mapkeep/internal/login"
	"github.com/mapkeep/mapkeep/internal/selection"
	"github.com/mapkeep/mapkeep/internal/store"
)

// patience bounds how long a throttling portal is asked again: an hour, as
// for an item.
const patience = time.Hour

// Room is the step and its tools.
type Room struct {
	Ledger  ledger.Ledger
	Portals *login.Login
	Base    backup.Settings // the stack's defaults
}

// Run lists. A portal that asks for a slower pace makes the answer "not whole
// yet": the machine waits and asks again.
func (r Room) Run(ctx context.Context, call backup.RunCall) (backup.Listed, error) {
	settings, err := backup.Fixed(call.Input, r.Base)
	if err != nil {
		return backup.Listed{}, fault.As(fault.BadSettings, err)
	}
	run, err := r.Ledger.Claim(ctx, settings, call.Execution, call.Started)
	if err != nil {
		return backup.Listed{}, fmt.Errorf("claim a folder: %w", err)
	}
	listing, err := r.Ledger.Listing(ctx, run.ID)
	if errors.Is(err, store.ErrMissing) {
		listing, err = r.list(ctx, call, run)
	}
	var slow *arcgis.Throttled
	if errors.As(err, &slow) && call.Time().Sub(call.Started) < patience {
		return backup.Listed{Run: run.ID, Wait: backup.Whole(slow.After), MaxConcurrency: run.Settings.MaxConcurrency}, nil
	}
	if err != nil {
		return backup.Listed{}, err
	}
	if listing.Total == 0 && !run.Settings.AllowEmpty {
		return backup.Listed{}, nothing(run.Settings, listing)
	}
	return backup.Listed{
		Run: run.ID, Whole: true, Total: listing.Total, MaxConcurrency: run.Settings.MaxConcurrency,
		Items: r.Ledger.Items(run.ID), Results: r.Ledger.Results(run.ID),
	}, nil
}

// list asks the portal and writes down what it found.
func (r Room) list(ctx context.Context, call backup.RunCall, run backup.Run) (backup.Listing, error) {
	portal, err := r.Portals.Portal(ctx, run)
	if err != nil {
		return backup.Listing{}, err
	}
	self, err := portal.Self(ctx)
	if err != nil {
		return backup.Listing{}, err
	}
	found, err := find(ctx, portal, self.Org, run.Settings.BackupTags)
	if err != nil {
		return backup.Listing{}, err
	}
	listing := backup.Listing{Org: self.Org, User: self.Username, Enterprise: self.Enterprise, Warnings: []string{}}
	entries, skipped := selection.Select(found, run.Settings, run.Folder)
	listing.Total, listing.Skipped = len(entries), skipped
	for i := range entries {
		entries[i].Docket.Run = run.ID
	}
	warnings, err := r.earlier(ctx, run, listing, entries)
	if err != nil {
		return backup.Listing{}, fmt.Errorf("read the earlier backups: %w", err)
	}
	selection.LongestFirst(entries, sizes(found))
	if err := r.saveItems(ctx, run.ID, entries, &listing); err != nil {
		return backup.Listing{}, err
	}
	listing.Warnings = append(listing.Warnings, warnings...)
	listing.Warnings = append(listing.Warnings, r.sweep(ctx, portal, self.Org, run, call.Time())...)
	if err := r.Ledger.SaveListing(ctx, run.ID, listing); err != nil {
		return backup.Listing{}, err
	}
	return r.Ledger.Listing(ctx, run.ID)
}

// saveItems writes items.json. One that is there is of a call that was killed
// before it had told so; it is what the Map reads, so the listing follows it.
func (r Room) saveItems(ctx context.Context, run string, entries []backup.Entry, listing *backup.Listing) error {
	there, err := r.Ledger.Store.Exists(ctx, r.Ledger.Items(run))
	if err != nil {
		return err
	}
	if !there {
		return r.Ledger.SaveItems(ctx, run, entries)
	}
	listing.Total = 0
	for entry, err := range r.Ledger.ReadItems(ctx, run) {
		if err != nil {
			return err
		}
		listing.Total++
		delete(listing.Skipped, entry.Item.ID)
	}
	return nil
}

// sizes are the bytes that the search says each item has.
func sizes(found []selection.Found) map[string]int64 {
	by := make(map[string]int64, len(found))
	for _, f := range found {
		by[f.ID] = f.Size
	}
	return by
}

// find searches each tag and joins what was found. The search knows no exact
// tags: selection compares them.
func find(ctx context.Context, portal *arcgis.Client, org string, tags []string) ([]selection.Found, error) {
	var found []selection.Found
	seen := map[string]bool{}
	for _, tag := range tags {
		items, _, err := portal.Search(ctx, arcgis.Query{Tag: tag, Org: org})
		if err != nil {
			return nil, fmt.Errorf("search the tag %q: %w", tag, err)
		}
		for _, item := range items {
			if !seen[item.ID] {
				seen[item.ID] = true
				found = append(found, Found(item))
			}
		}
	}
	return found, nil
}

// Found is a portal's item as selection knows it.
func Found(item arcgis.Item) selection.Found {
	return selection.Found{
		ID: item.ID, Title: item.Title, Name: item.Name, Type: item.Type, Owner: item.Owner, Keywords: item.Keywords,
		Tags: item.Tags, Created: item.Created, Modified: item.Modified, Size: item.Size, URL: item.URL,
	}
}

// nothing says that no item was selected, and how near the nearest were.
func nothing(s backup.Settings, listing backup.Listing) error {
	text := fmt.Sprintf("no item of organization %s that %s can see has one of the tags %s", listing.Org, listing.User, quoted(s.BackupTags))
	if n := len(listing.Skipped); n > 0 {
		text += fmt.Sprintf("; %d found items were skipped, the log says why", n)
	}
	return fault.New(fault.NothingSelected, text)
}

func quoted(tags []string) string {
	marked := make([]string, len(tags))
	for i, tag := range tags {
		marked[i] = fmt.Sprintf("%q", tag)
	}
	return strings.Join(marked, ", ")
}
