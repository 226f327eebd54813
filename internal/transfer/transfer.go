// Package transfer brings one item's bytes from a source into the bucket,
// checked and resumable. It knows neither the portal nor items: a Source
// gives bytes, a content.Check judges them, and nothing is visible under the
// key before every check has passed. Start with Move; copy.go takes the bytes
// from an older backup instead.
//
// Up to 16 MiB are one PutObject. More goes up in parts, one in memory at a
// time, so that the client can send a part again; a checkpoint beside it lets
// another process go on where this one stopped.
package transfer

import (
	"context"
	"io"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/store"
)

// A Source gives an item's bytes.
type Source interface {
	// Open gives the bytes from from on. With an etag it goes on only with the
	// bytes of that etag; where it can't (no ranges, changed bytes) it gives
	// them from the first one: Body.From is 0.
	Open(ctx context.Context, from int64, etag string) (*Body, error)
}

// A Body is an answer of a source, read to its end.
type Body struct {
	io.ReadCloser
	Size   int64  // of the whole, not of this answer; -1 where it is not known
	From   int64  // where this answer begins
	ETag   string // "" where there is none: then a transfer can't be resumed
	Type   string // content type
	Ranges bool   // the source takes ranges
}

// A Job is one item's bytes and where they go.
type Job struct {
	Source     Source
	Store      *store.Store
	Key        string
	Checkpoint string // key of its JSON under .mapkeep/runs/; "": not resumable
	Size       int64  // what the portal says the data has, -1 where it does not say
	Check      content.Check
	Stop       time.Time        // hand over before this; zero: never
	Now        func() time.Time // the clock that Stop is read by; nil is time.Now
}

// A Result is how far it went.
type Result struct {
	Whole bool        // the object is there; else ask again, the checkpoint holds what was done
	File  backup.File // of a whole one, Item left nil
	Moved int64       // bytes read from the source by this call
}

// Move brings the bytes into the bucket, or part of them before Stop. Asked
// again it goes on from the checkpoint, and finds an object that it completed
// itself; a checkpoint that can't be used, or a source that can't go on from
// there, makes it start anew. An answer that is short, long or cut is
// fault.PortalUnavailable, one that changed is fault.ChangedWhileRead, bytes
// that are not what they should be are as package content says.
func Move(ctx context.Context, j Job) (Result, error) {
	m := &move{Job: j, point: fresh(j), watch: j.Check.Start()}
	if m.Now == nil {
		m.Now = time.Now
	}
	whole, err := m.run(ctx)
	if err != nil {
		return Result{Moved: m.moved}, err
	}
	if !whole {
		return Result{Moved: m.moved}, nil
	}
	return Result{Whole: true, Moved: m.moved, File: backup.File{
		Key: j.Key, Size: m.point.Done, CRC64NVME: store.SumText(m.point.CRC), Chunk: backup.Chunk, SHA256: m.point.SHA256,
	}}, nil
}
