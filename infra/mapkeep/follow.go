package main

import (
	"context"
	"time"

	"github.com/mapkeep/mapkeep/internal/transfer"
)

// often is the time between two looks at how far large files have come.
const often = time.Second

// follow tells the live view how much has come of the files that are longest
// under way, until stop is called. It goes by their checkpoints in the bucket,
// of which the functions write one every few parts.
func (n night) follow(ctx context.Context) (stop func()) {
	if n.view.live == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		look := time.NewTicker(often)
		defer look.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-look.C:
				n.look(ctx)
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// look looks once. What can't be read leaves the view as it was: one read in
// seven met a checkpoint that the embedded store was just replacing, with the
// bytes of one and the checksum of the other.
func (n night) look(ctx context.Context) {
	p := n.view.picture()
	for _, s := range p.open[:min(len(p.open), rows)] {
		if s.doing != downloading || p.now.Sub(s.since) < often {
			continue
		}
		came, of, err := transfer.Came(ctx, n.place.Store, n.place.Checkpoint(s.docket.Run, s.docket.Item))
		if err == nil && came > 0 {
			n.view.moved(s.index, came, of)
		}
	}
}
