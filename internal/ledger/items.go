package ledger

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/store"
)

// SaveItems writes items.json, the array that the Map reads, once: a second
// call leaves the first one's.
func (l Ledger) SaveItems(ctx context.Context, run string, entries []backup.Entry) error {
	read, write := io.Pipe()
	go func() { write.CloseWithError(writeItems(write, entries)) }()
	defer read.Close()
	_, _, err := l.Store.Upload(ctx, l.keys().Items(run), read, store.UploadOptions{IfNoneMatch: true})
	return err
}

// writeItems writes the array an element at a time.
func writeItems(to io.Writer, entries []backup.Entry) error {
	w := bufio.NewWriterSize(to, 64<<10)
	w.WriteString("[")
	for i, entry := range entries {
		if i > 0 {
			w.WriteString(",")
		}
		text, err := json.Marshal(entry)
		if err != nil {
			return err
		}
		w.WriteString("\n")
		w.Write(text)
	}
	w.WriteString("\n]\n")
	return w.Flush()
}

// ReadItems reads items.json an element at a time, in the order of
// the file: that in which the Map begins them.
func (l Ledger) ReadItems(ctx context.Context, run string) iter.Seq2[backup.Entry, error] {
	return func(yield func(backup.Entry, error) bool) {
		body, _, err := l.Store.Reader(ctx, l.keys().Items(run))
		if err != nil {
			yield(backup.Entry{}, err)
			return
		}
		defer body.Close()
		dec := json.NewDecoder(bufio.NewReaderSize(body, 64<<10))
		if _, err := dec.Token(); err != nil {
			yield(backup.Entry{}, fmt.Errorf("read the items of run %s: %w", run, err))
			return
		}
		for dec.More() {
			var entry backup.Entry
			if err := dec.Decode(&entry); err != nil {
				yield(backup.Entry{}, fmt.Errorf("read the items of run %s: %w", run, err))
				return
			}
			if !yield(entry, nil) {
				return
			}
		}
	}
}
