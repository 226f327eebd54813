package catalog

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// WriteLog writes the JSON log: info, the lines in the order they come, which
// is that of the selection, and what was skipped. Items whose record says
// that they are gone are written among the skipped. It holds one line at a
// time; the first error of the sequence ends it and is returned.
func WriteLog(w io.Writer, info Info, lines iter.Seq2[Line, error], skipped map[string]backup.Skipped) error {
	s := newSink(w)
	s.raw("{\n")
	s.field("info", info.tidy(), ",")
	s.open("items", "{")
	left := map[string]backup.Skipped{}
	maps.Copy(left, skipped)
	for l, err := range lines {
		if err != nil {
			return fmt.Errorf("write log: %w", err)
		}
		if l.Record.Gone {
			left[l.Item.ID] = backup.Skipped{Title: l.Record.Title, Type: l.Record.Type, Reason: backup.SkipGone}
			continue
		}
		s.block(l.Item.ID, logged(l))
	}
	s.shut("}", ",")
	s.field("skipped", left, "")
	s.raw("}\n")
	return s.flush()
}

// ReadLog reads the first part of a log at once, and the items one at a time
// as the sequence is ranged over, which reads on from r and can be done once.
// A log that is cut or no log is an error, of either. The Python script's
// logs can be read too: their Run is "".
func ReadLog(r io.Reader) (Info, iter.Seq2[Logged, error], error) {
	s := newSource(r)
	var info Info
	if err := s.info(&info); err != nil {
		return Info{}, nil, fmt.Errorf("read log: byte %d: %w", s.dec.InputOffset(), err)
	}
	return info, func(yield func(Logged, error) bool) {
		if err := s.logged(yield); err != nil && !errors.Is(err, ErrStop) {
			yield(Logged{}, fmt.Errorf("read log: byte %d: %w", s.dec.InputOffset(), err))
		}
	}, nil
}

// info reads up to the end of the first part.
func (s source) info(into *Info) error {
	if err := s.delim('{'); err != nil {
		return err
	}
	if err := s.key("info"); err != nil {
		return err
	}
	return s.decode(into)
}

// logged reads on from there to the end of the items. It is ErrStop when yield
// wants no more.
func (s source) logged(yield func(Logged, error) bool) error {
	if err := s.key("items"); err != nil {
		return err
	}
	return s.object(func(id string) error {
		var g Logged
		if err := s.decode(&g); err != nil {
			return fmt.Errorf("item %q: %w", id, err)
		}
		g.ID = id
		if !yield(g, nil) {
			return ErrStop
		}
		return nil
	})
}
