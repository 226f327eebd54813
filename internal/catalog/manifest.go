package catalog

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// An Item is what a manifest says of one selected item.
type Item struct {
	Title       string     `json:"title"`
	Type        string     `json:"type"`
	Success     bool       `json:"success"`
	Way         backup.Way `json:"way"` // "" when it failed before anyone knew
	Fingerprint string     `json:"fingerprint"`
	Seconds     float64    `json:"seconds"` // its export took; 0 where none became ready
}

// NewItem is a record's line in the manifest.
func NewItem(r backup.Record) Item {
	i := Item{Title: r.Title, Type: r.Type, Success: r.Success, Way: known(r.Way), Fingerprint: r.Fingerprint}
	if r.Success {
		i.Seconds = r.Seconds.Export
	}
	return i
}

// known is w, or "" where it was never found out.
func known(w backup.Way) backup.Way {
	if w == backup.ByUnknown {
		return ""
	}
	return w
}

// Files are the objects of the records and then further ones, the log above
// all, as a manifest names them: by keys relative to directory, which is the
// key of the run's folder. What a failed item left in the folder is among
// them. No chunk length means backup.Chunk. A key outside of directory is an
// error.
func Files(directory string, records iter.Seq2[backup.Record, error], further ...backup.File) iter.Seq2[backup.File, error] {
	return func(yield func(backup.File, error) bool) {
		for r, err := range records {
			if err != nil {
				yield(backup.File{}, err)
				return
			}
			for _, f := range []*backup.File{r.Data, r.Description} {
				if f != nil && !yield(relative(directory, *f, &r.ID)) {
					return
				}
			}
		}
		for _, f := range further {
			if !yield(relative(directory, f, f.Item)) {
				return
			}
		}
	}
}

func relative(directory string, f backup.File, item *string) (backup.File, error) {
	key, inside := strings.CutPrefix(f.Key, directory+"/")
	if !inside {
		return backup.File{}, fmt.Errorf("object %q lies outside of %q", f.Key, directory)
	}
	f.Key, f.Item, f.Chunk = key, item, cmp.Or(f.Chunk, backup.Chunk)
	return f, nil
}

// WriteManifest writes a manifest: head, a line for each record but those of
// items that are gone, a line for each file. It holds one of them at a time.
// The first error of a sequence ends it and is returned; what was written by
// then is not a manifest. Files that ReadManifest would refuse are errors.
func WriteManifest(w io.Writer, head Header, records iter.Seq2[backup.Record, error], files iter.Seq2[backup.File, error]) error {
	if err := head.sound(); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	head = head.tidy()
	s := newSink(w)
	s.raw("{\n")
	for _, f := range head.fields() {
		s.raw(indent + `"` + f.key + `": ` + s.encode(f.value, "") + ",\n")
	}
	s.open("items", "{")
	for r, err := range records {
		if err != nil {
			return fmt.Errorf("write manifest: %w", err)
		}
		if !r.Gone {
			s.line(r.ID, NewItem(r))
		}
	}
	s.shut("}", ",")
	s.open("files", "[")
	for f, err := range files {
		if err == nil {
			err = sound(f)
		}
		if err != nil {
			return fmt.Errorf("write manifest: %w", err)
		}
		f.SHA256 = list(f.SHA256)
		s.element(f)
	}
	s.shut("]", "")
	s.raw("}\n")
	return s.flush()
}

// sound reports what is wrong with a file's entry: a key that leads out of
// its folder, or hashes that don't count its chunks. A file without any
// hashes passes, since CRC64NVME vouches for it too.
func sound(f backup.File) error {
	if !fs.ValidPath(f.Key) || f.Key == "." {
		return fmt.Errorf("file %q: not a key inside its folder", f.Key)
	}
	if f.Size < 0 || f.Chunk <= 0 {
		return fmt.Errorf("file %q: size %d, chunk %d", f.Key, f.Size, f.Chunk)
	}
	chunks := f.Size / f.Chunk
	if f.Size%f.Chunk > 0 {
		chunks++
	}
	if n := int64(len(f.SHA256)); n > 0 && n != chunks {
		return fmt.Errorf("file %q: %d hashes for %d bytes", f.Key, n, f.Size)
	}
	return nil
}
