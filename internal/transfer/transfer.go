// Package transfer brings one item's bytes from a source into the bucket,
// checked and resumable. It knows neither the portal nor items: a Source
// gives bytes, a content.Check judges them, and nothing is visible under the
// key before every check has passed. Start with Move; copy.go takes the bytes
// from an older backup instead.
//
// A first question for the first part shows which way they go (move.go):
//
//   - Up to 16 MiB are one PutObject.
//   - A source that gives parts, and says of what, is read by several streams,
//     each piped into a part of the upload without being kept (ranged.go,
//     part.go, flow.go). A checkpoint beside it lets another process go on.
//   - From any other source one stream is read to its end, a part in memory at
//     a time (stream.go).
package transfer

import (
	"context"
	"io"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/store"
)

// A Source gives an item's bytes. Several goroutines ask it at once.
type Source interface {
	// Open gives n bytes from from on, or those up to the end where there are
	// fewer; all of them where n is negative. With an etag only bytes of that
	// etag are good: where they have changed since, Open fails with
	// fault.ChangedWhileRead or gives what there is now. A source that can't
	// give a part gives the whole: Body.From is 0 and Body.Ranges false.
	Open(ctx context.Context, from, n int64, etag string) (*Body, error)
}

// A Body is an answer of a source, read to its end.
type Body struct {
	io.ReadCloser
	Size   int64  // of the whole, not of this answer; -1 where it is not known
	From   int64  // where this answer begins
	ETag   string // tells these bytes from others; "" where the source does not
	Type   string // content type
	Ranges bool   // this is the part that was asked for
}

// A Job is one item's bytes and where they go.
type Job struct {
	Source     Source
	Store      *store.Store
	Key        string
	Checkpoint string // key of its JSON under .mapkeep/runs/; "": not resumable
	Size       int64  // what the portal says the data has, -1 where it does not say
	Again      bool   // an earlier call may have left an upload: a small file too looks for its checkpoint
	Check      content.Check
	Stop       time.Time // hand over before this; zero: never
	Streams    int       // parts under way at once; 0 is Streams

	// Now and After are the clock: by Now the time until Stop is measured, by
	// After pauses, silence and the end of the last part's time. Where they are
	// nil they are time.Now and time.After.
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
}

// A Result is how far it went.
type Result struct {
	Whole bool        // the object is there; else ask again, the bucket holds what was done
	File  backup.File // of a whole one, Item left nil
	Moved int64       // bytes read from the source by this call
}

// Move brings the bytes into the bucket, or part of them before Stop. Asked
// again it goes on from the checkpoint, and finds an object that it completed
// itself; a checkpoint that can't be used, or other bytes at the source, make
// it start anew. An answer that is short, long or cut is
// fault.PortalUnavailable, one that changed is fault.ChangedWhileRead, bytes
// that are not what they should be are as package content says.
func Move(ctx context.Context, j Job) (Result, error) {
	m := newMove(j)
	whole, err := m.run(ctx)
	r := Result{Whole: whole && err == nil, Moved: m.moved.Load()}
	if r.Whole {
		r.File = m.point.file()
	}
	return r, err
}
