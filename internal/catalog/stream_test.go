package catalog_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
)

// Writer and reader of a large manifest are tied together by a pipe: neither
// may be more than this many bytes ahead of the other.
const ahead = 64 << 10

// TestLargeManifestIsNeverHeld writes and reads at the same time. What is
// between the two, and so in memory, is counted at each entry.
func TestLargeManifestIsNeverHeld(t *testing.T) {
	t.Parallel()
	const items = 30_000
	n := theNight(t)
	in, out := io.Pipe()
	counted := &counter{w: out}
	made, read := int64(0), 0
	records := func(yield func(backup.Record, error) bool) {
		for i := range items {
			id := fmt.Sprintf("%032x", i)
			f := backup.File{Key: n.run.Directory + "/uncategorized/" + id + ".json", Size: 1, Chunk: backup.Chunk, SHA256: []string{"00"}}
			if !yield(backup.Record{ID: id, Title: "Item", Success: true, Way: backup.ByText, Data: &f}, nil) {
				return
			}
			made++
			if least := made * 80; made < items && counted.n < least-ahead {
				t.Errorf("WriteManifest took %d records and wrote %d bytes", made, counted.n)
				return
			}
		}
	}
	go func() {
		head := catalog.NewHeader(n.run, n.listing, backup.RunComplete, finished)
		out.CloseWithError(catalog.WriteManifest(counted, head, records, catalog.Files(n.run.Directory, records)))
	}()
	last := int64(0)
	source := &counter{r: in}
	_, err := catalog.ReadManifest(source, catalog.Visitor{
		Item: func(string, catalog.Item) error { read++; return nil },
		File: func(_ backup.File, at, length int64) error {
			read++
			if source.n-at > ahead || at <= last {
				return fmt.Errorf("file at %d after %d, told when %d bytes were read", at, last, source.n)
			}
			last = at
			return nil
		},
	})
	if err != nil || read != 2*items {
		t.Errorf("ReadManifest: %d entries, want %d; error %v", read, 2*items, err)
	}
}

// counter counts the bytes that go through it.
type counter struct {
	w io.Writer
	r io.Reader
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
