package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// A Visitor is told what a manifest holds, in the manifest's order. A nil
// callback isn't told. The first error of a callback ends the reading; ErrStop
// ends it well.
type Visitor struct {
	Header func(Header) error // before anything else
	Item   func(id string, i Item) error
	// File is given a file and the place of its entry: length bytes from at
	// in the manifest are the JSON that ReadFile reads.
	File func(f backup.File, at, length int64) error
}

// ReadManifest reads a manifest as a stream, one entry at a time, and gives
// its header. A manifest of another version, a cut one, and anything that is
// no manifest is an error; by then the visitor may have been told a part of
// it. An error of r stays inside the one returned.
func ReadManifest(r io.Reader, v Visitor) (Header, error) {
	m := manifestReader{source: newSource(r), visit: v}
	if err := m.read(); err != nil && !errors.Is(err, ErrStop) {
		return Header{}, fmt.Errorf("read manifest: byte %d: %w", m.dec.InputOffset(), err)
	}
	return m.head, nil
}

// ReadHeader reads a manifest's header and nothing behind it.
func ReadHeader(r io.Reader) (Header, error) {
	return ReadManifest(r, Visitor{Header: func(Header) error { return ErrStop }})
}

// ReadFile reads a file's entry from the bytes that a Visitor's File was told
// of.
func ReadFile(entry []byte) (backup.File, error) {
	var f backup.File
	if err := json.Unmarshal(entry, &f); err != nil {
		return backup.File{}, fmt.Errorf("read a manifest's file entry: %w", err)
	}
	if err := sound(f); err != nil {
		return backup.File{}, fmt.Errorf("read a manifest's file entry: %w", err)
	}
	return f, nil
}

// manifestReader walks through the three parts of a manifest: the header's
// fields, items, files. Fields it doesn't know are passed over.
type manifestReader struct {
	source
	visit Visitor
	head  Header
	part  int // 0 header, 1 items read, 2 files read
}

func (m *manifestReader) read() error {
	if err := m.object(m.field); err != nil {
		return err
	}
	if m.part < 2 {
		return errors.New("no list of files")
	}
	return m.end()
}

func (m *manifestReader) field(key string) error {
	switch key {
	case "items":
		if err := m.next(key, 1); err != nil {
			return err
		}
		if err := m.headerDone(); err != nil {
			return err
		}
		return m.object(m.item)
	case "files":
		if err := m.next(key, 2); err != nil {
			return err
		}
		return m.array(m.file)
	}
	into := m.headerField(key)
	if into == nil {
		return m.skip()
	}
	if m.part > 0 {
		return fmt.Errorf("%q comes after the items", key)
	}
	if err := m.decode(into); err != nil {
		return fmt.Errorf("%q: %w", key, err)
	}
	if m.head.Version != Version {
		return m.head.wrongVersion()
	}
	return nil
}

// headerField is where a field of the header is kept, nil for others.
func (m *manifestReader) headerField(key string) any {
	for _, f := range m.head.fields() {
		if f.key == key {
			return f.value
		}
	}
	return nil
}

// next goes on to a part, which must be the one after the last.
func (m *manifestReader) next(key string, part int) error {
	if m.part != part-1 {
		return fmt.Errorf("%q is out of its place", key)
	}
	m.part = part
	return nil
}

func (m *manifestReader) headerDone() error {
	if err := m.head.sound(); err != nil {
		return err
	}
	m.head = m.head.tidy()
	if m.visit.Header == nil {
		return nil
	}
	return m.visit.Header(m.head)
}

func (m *manifestReader) item(id string) error {
	var i Item
	if err := m.decode(&i); err != nil {
		return fmt.Errorf("item %q: %w", id, err)
	}
	if m.visit.Item == nil {
		return nil
	}
	return m.visit.Item(id, i)
}

func (m *manifestReader) file() error {
	var entry json.RawMessage
	if err := m.decode(&entry); err != nil {
		return err
	}
	f, err := ReadFile(entry)
	if err != nil || m.visit.File == nil {
		return err
	}
	length := int64(len(entry))
	return m.visit.File(f, m.dec.InputOffset()-length, length)
}
