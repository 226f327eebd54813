// Package ledger keeps the working files of runs in the bucket, under
// .mapkeep/: who claimed which folder, what was listed, what became of each
// item. Rooms meet here and nowhere else. Everything that two calls may write
// at once is written with If-None-Match, so that the first one holds; start
// with Claim.
package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/layout"
	"github.com/mapkeep/mapkeep/internal/store"
)

// A Ledger reads and writes working files in one bucket.
type Ledger struct {
	Store  *store.Store
	Prefix string // stands before every key; "" in the cloud

	runs *sync.Map // run id -> backup.Run; a run never changes
}

// New keeps a ledger in a bucket, below prefix.
func New(s *store.Store, prefix string) Ledger {
	return Ledger{Store: s, Prefix: prefix, runs: &sync.Map{}}
}

// Open opens the ledger that the environment names: BUCKET, and PREFIX if
// something stands before every key.
func Open(ctx context.Context) (Ledger, error) {
	bucket := os.Getenv("BUCKET")
	if bucket == "" {
		return Ledger{}, fault.New(fault.BadSettings, "the environment variable BUCKET is not set")
	}
	s, err := store.Open(ctx, bucket)
	if err != nil {
		return Ledger{}, err
	}
	return New(s, os.Getenv("PREFIX")), nil
}

// Layout gives the keys of a run with these settings.
func (l Ledger) Layout(s backup.Settings) layout.Layout {
	return layout.Layout{Prefix: l.Prefix, Directory: s.BackupDirectory}
}

// keys gives the keys of working files, which no setting moves.
func (l Ledger) keys() layout.Layout { return layout.Layout{Prefix: l.Prefix} }

// Run is what was fixed for a run. ErrMissing of package store says that the
// run never claimed a folder.
func (l Ledger) Run(ctx context.Context, id string) (backup.Run, error) {
	if known, ok := l.runs.Load(id); ok {
		return known.(backup.Run), nil
	}
	var run backup.Run
	if err := l.read(ctx, l.keys().Run(id), &run); err != nil {
		return backup.Run{}, err
	}
	l.runs.Store(id, run)
	return run, nil
}

// Listing is what List found.
func (l Ledger) Listing(ctx context.Context, run string) (backup.Listing, error) {
	var listing backup.Listing
	err := l.read(ctx, l.keys().Listing(run), &listing)
	return listing, err
}

// SaveListing writes what List found, once: a second call leaves the first
// one's.
func (l Ledger) SaveListing(ctx context.Context, run string, listing backup.Listing) error {
	_, err := l.create(ctx, l.keys().Listing(run), listing)
	return err
}

// Receipt is what Download left for Close.
func (l Ledger) Receipt(ctx context.Context, run, item string) (backup.Receipt, error) {
	var receipt backup.Receipt
	err := l.read(ctx, l.keys().Receipt(run, item), &receipt)
	return receipt, err
}

// SaveReceipt writes what Download stored; a second call writes the same.
func (l Ledger) SaveReceipt(ctx context.Context, run, item string, receipt backup.Receipt) error {
	return l.write(ctx, l.keys().Receipt(run, item), receipt)
}

// Record is the last word on an item.
func (l Ledger) Record(ctx context.Context, run, item string) (backup.Record, error) {
	var record backup.Record
	err := l.read(ctx, l.keys().Record(run, item), &record)
	return record, err
}

// SaveRecord writes the last word on an item, once, and returns the record
// that holds: the first one's.
func (l Ledger) SaveRecord(ctx context.Context, run string, record backup.Record) (backup.Record, error) {
	created, err := l.create(ctx, l.keys().Record(run, record.ID), record)
	if err != nil || created {
		return record, err
	}
	return l.Record(ctx, run, record.ID)
}

// read decodes one working file.
func (l Ledger) read(ctx context.Context, key string, into any) error {
	text, err := l.Store.Get(ctx, key)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read %s: %w", key, err)
	}
	return nil
}

// write encodes one working file.
func (l Ledger) write(ctx context.Context, key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write %s: %w", key, err)
	}
	return l.Store.Put(ctx, key, text, "application/json")
}

// create encodes one working file where none is, and reports whether it did;
// what is there stays.
func (l Ledger) create(ctx context.Context, key string, value any) (bool, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return false, fmt.Errorf("write %s: %w", key, err)
	}
	return l.Store.Create(ctx, key, text)
}

// missing reports whether an error only says that a key is not there.
func missing(err error) bool { return errors.Is(err, store.ErrMissing) }
