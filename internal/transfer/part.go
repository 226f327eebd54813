package transfer

import (
	"context"
	"errors"
	"fmt"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
)

// headRead is how much of the beginning is read at a time until the check has
// judged it, which is after 64 KiB.
const headRead = 16 << 10

// meet judges the beginning before anything goes up, unless an earlier process
// has done so, and finds out whether the check wants all bytes in their order.
// Then a part that the bucket has lost makes those behind it useless.
func (f *fleet) meet(ctx context.Context, first *Body) error {
	f.order = f.point.Content.JSON != nil
	if f.order && f.point.Content.Seen != f.point.done() {
		f.point.Parts = f.point.Parts[:0]
	}
	if _, there := f.point.find(1); there {
		return first.Close()
	}
	w := f.Check.Start()
	if err := f.beginning(ctx, first, w); err != nil {
		return err
	}
	f.point.Content = w.State()
	if f.order = f.point.Content.JSON != nil; f.order {
		f.point.Content = f.Check.Start().State() // it sees them again, with the rest of their part
	}
	if _, length := f.point.span(1); length != backup.Chunk {
		return first.Close()
	}
	f.first = first
	return nil
}

// beginning shows the first bytes to the check until that has judged it.
func (f *fleet) beginning(ctx context.Context, first *Body, w *content.Watch) error {
	for !w.State().Judged {
		at := len(f.ahead)
		f.ahead = append(f.ahead, make([]byte, headRead)...)
		n, err := first.Read(f.ahead[at:])
		f.ahead = f.ahead[:at+n]
		f.moved.Add(int64(n))
		if _, refused := w.Write(f.ahead[at:]); refused != nil {
			return refused
		}
		if err != nil {
			return broken(ctx, int64(at+n), f.point.Size, err)
		}
	}
	return nil
}

// brought is a part that the bucket has, and the state of the check after it
// where the check wants all bytes in their order.
type brought struct {
	piece
	seen content.State
}

// bring sends part n, and asks for it again as often as the budget allows.
func (f *fleet) bring(ctx context.Context, n int) (brought, error) {
	a := &answer{fleet: f, number: n}
	a.from, a.length = f.point.span(n)
	defer a.close()
	for try := 1; ; try++ {
		b, err := a.pipe(ctx)
		if err == nil || ctx.Err() != nil || !mendable(err) {
			return b, err
		}
		wait, more := f.budget.spend(try, err)
		if !more {
			return b, err
		}
		select {
		case <-f.After(wait):
		case <-ctx.Done():
			return b, context.Cause(ctx)
		}
	}
}

// An answer is what the source gives for one part. One that nobody has read
// from serves the next try.
type answer struct {
	*fleet
	number       int
	from, length int64
	body         *Body
	ahead        []byte
}

// pipe sends the answer's bytes into the bucket.
func (a *answer) pipe(ctx context.Context) (b brought, err error) {
	if err := a.open(ctx); err != nil {
		return b, err
	}
	sending, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	flow := a.flow(sending)
	stop := flow.guard(a.After, cancel)
	sent, err := a.Store.PartFrom(sending, a.Key, a.point.Upload, int32(a.number), flow, a.length)
	stop()
	if err != nil {
		err = flow.blame(err)
		if flow.end() {
			a.body, a.ahead = nil, nil
		}
		return b, err
	}
	crc, err := store.SumOf(sent.CRC64NVME)
	if err != nil {
		return b, err
	}
	if a.order {
		b.seen = flow.watch.State()
	}
	b.piece = piece{Number: sent.Number, Size: a.length, ETag: sent.ETag, CRC: crc, SHA256: flow.sums}
	return b, nil
}

// open takes what is left of the first answer, or asks the source.
func (a *answer) open(ctx context.Context) error {
	switch {
	case a.body != nil:
		return nil
	case a.number == 1 && a.first != nil:
		a.body, a.ahead = a.first, a.fleet.ahead
		a.first, a.fleet.ahead = nil, nil
		return nil
	}
	body, err := a.Source.Open(ctx, a.from, a.length, a.point.ETag)
	if err != nil {
		return err
	}
	if err := a.agrees(body, a.from); err != nil {
		return errors.Join(err, body.Close())
	}
	a.body = body
	return nil
}

func (a *answer) close() {
	if a.body != nil {
		a.body.Close() //nolint:errcheck // what came was counted, or is asked for again
	}
}

// flow makes the stream of one try. The check sees it in order, from where the
// parts before it ended.
func (a *answer) flow(ctx context.Context) *flow {
	flow := newFlow(ctx, a.move, a.body, a.ahead, a.from, a.length)
	if a.order { // a copy, since this try may fail
		flow.watch = a.Check.Resume(a.Check.Resume(a.point.Content).State())
	}
	if a.from+a.length == a.point.Size {
		if a.tail == nil {
			a.tail = make([]byte, min(tailKept, a.length))
		}
		flow.tail = a.tail
	}
	return flow
}

// agrees compares an answer with the first one.
func (f *fleet) agrees(b *Body, from int64) error {
	switch {
	case b.ETag != f.point.ETag || b.Size >= 0 && b.Size != f.point.Size:
		return fault.New(fault.ChangedWhileRead, fmt.Sprintf(
			"the source changed from %d bytes of %s to %d of %s", f.point.Size, f.point.ETag, b.Size, b.ETag))
	case !b.Ranges:
		return errNoRanges
	case b.From != from:
		return fault.New(fault.PortalUnavailable, fmt.Sprintf("asked for bytes from %d on, the answer begins at %d", from, b.From))
	}
	return nil
}
