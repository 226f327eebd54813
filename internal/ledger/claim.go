package ledger

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/layout"
)

// A Claim says which run owns a folder; it never expires.
type Claim struct {
	Run       string    `json:"run"`
	Execution string    `json:"execution"`
	Started   time.Time `json:"started"`
	Folder    string    `json:"folder"`
	Written   time.Time `json:"-"` // when the bucket took it
}

// Claim fixes a run: its id, its folder and its settings. The folder is the
// first of name, name-2, name-3, … that no other run claimed and where
// nothing lies. Asked again for the same execution it answers with what was
// fixed before.
func (l Ledger) Claim(ctx context.Context, s backup.Settings, execution string, started time.Time) (backup.Run, error) {
	id := layout.RunID(started, execution)
	known, err := l.Run(ctx, id)
	if err == nil || !missing(err) {
		return known, err
	}
	date, err := s.Date(started)
	if err != nil {
		return backup.Run{}, err
	}
	marker, err := l.Marker(ctx)
	if err != nil {
		return backup.Run{}, err
	}
	run := backup.Run{ID: id, Execution: execution, Started: started.UTC(), Date: date, Marker: marker, Settings: s}
	if run.Folder, err = l.freeFolder(ctx, run); err != nil {
		return backup.Run{}, err
	}
	run.Directory = l.Layout(s).Folder(run.Folder)
	if _, err := l.create(ctx, l.keys().Run(id), run); err != nil {
		return backup.Run{}, err
	}
	return l.Run(ctx, id)
}

// freeFolder claims the first free name. A name under which anything lies is
// passed over without a claim: retention would take what lies there for ours.
func (l Ledger) freeFolder(ctx context.Context, run backup.Run) (string, error) {
	s := run.Settings
	for n := 1; ; n++ {
		folder := layout.FolderName(s.BackupDirectoryPrefix, run.Date, n)
		empty, err := l.empty(ctx, layout.Inside(l.Layout(s).Folder(folder)))
		if err != nil {
			return "", err
		}
		if !empty {
			continue
		}
		claim := Claim{Run: run.ID, Execution: run.Execution, Started: run.Started, Folder: folder}
		ours, err := l.claim(ctx, s, claim)
		if err != nil || ours {
			return folder, err
		}
	}
}

// claim writes a claim, or finds whose it is. A refused write is read back,
// since the answer to our own may have been lost.
func (l Ledger) claim(ctx context.Context, s backup.Settings, claim Claim) (ours bool, err error) {
	key := l.Layout(s).Claim(claim.Folder)
	text, err := json.Marshal(claim)
	if err != nil {
		return false, err
	}
	created, err := l.Store.Create(ctx, key, text)
	if err != nil || created {
		return created, err
	}
	var held Claim
	if err := l.read(ctx, key, &held); err != nil {
		return false, err
	}
	return held.Run == claim.Run, nil
}

// empty reports whether nothing lies under a prefix.
func (l Ledger) empty(ctx context.Context, prefix string) (bool, error) {
	for _, err := range l.Store.List(ctx, prefix) {
		return false, err
	}
	return true, nil
}

// ClaimOf is the claim on a folder; the zero Claim where there is none.
func (l Ledger) ClaimOf(ctx context.Context, s backup.Settings, folder string) (Claim, error) {
	key := l.Layout(s).Claim(folder)
	for object, err := range l.Store.List(ctx, key) {
		if err != nil {
			return Claim{}, err
		}
		if object.Key != key {
			continue // a longer name
		}
		var claim Claim
		err := l.read(ctx, key, &claim)
		claim.Written = object.Modified
		return claim, err
	}
	return Claim{}, nil
}

// Marker is the tag that this bucket's temporary exports carry; it is drawn
// once and never expires.
func (l Ledger) Marker(ctx context.Context) (string, error) {
	key := l.keys().ID()
	text, err := l.Store.Get(ctx, key)
	if err == nil {
		return string(text), nil
	}
	if !missing(err) {
		return "", err
	}
	var drawn [6]byte
	if _, err := rand.Read(drawn[:]); err != nil {
		return "", err
	}
	if _, err := l.Store.Create(ctx, key, []byte(layout.Marker(drawn))); err != nil {
		return "", err
	}
	text, err = l.Store.Get(ctx, key)
	return string(text), err
}
