package storetest

import (
	"bytes"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/internal/store"
)

// conditions: claims, receipts, records, log and manifest are each written
// once, by whoever comes first.
var conditions = []Case{
	{"create: only where there is none", func(t *Trial) {
		for i, want := range []bool{true, false, false} {
			if created, err := t.Create(t, "claim", fmt.Appendf(nil, "%d", i)); created != want || err != nil {
				t.Errorf("Create, time %d = %v, %v; want %v", i+1, created, err, want)
			}
		}
		t.wantBody("claim", []byte("0"))
	}},
	{"create: of twelve at once one wins", func(t *Trial) {
		won := t.race(12, func(i int) (bool, error) { return t.Create(t, "claim", fmt.Appendf(nil, "%d", i)) })
		if len(won) == 1 {
			t.wantBody("claim", fmt.Appendf(nil, "%d", won[0]))
		}
	}},
	{"create: in parts, only where there is none", func(t *Trial) {
		t.put("log", body)
		large := bytesOf(17 << 20)
		_, created, err := t.Upload(t, "log", bytes.NewReader(large), store.UploadOptions{IfNoneMatch: true})
		if created || err != nil {
			t.Errorf("Upload of 17 MiB over another = %v, %v; want not created", created, err)
		}
		t.wantBody("log", body)
		o, created, err := t.Upload(t, "new", bytes.NewReader(large), store.UploadOptions{IfNoneMatch: true})
		if !created || err != nil || o.CRC64NVME != store.Sum(large) {
			t.Errorf("Upload of 17 MiB = %+v, %v, %v; want it created with CRC64NVME %s", o, created, err, store.Sum(large))
		}
		t.wantBody("new", large)
	}},
	{"create: in parts, of four at once one wins", func(t *Trial) {
		large := bytesOf(17 << 20)
		t.race(4, func(i int) (bool, error) {
			mine := append(fmt.Appendf(nil, "%d", i), large...)
			_, created, err := t.Upload(t, "log", bytes.NewReader(mine), store.UploadOptions{IfNoneMatch: true})
			return created, err
		})
	}},
	{"create: again after a deletion", func(t *Trial) {
		t.put("claim", body)
		t.delete("claim")
		if created, err := t.Create(t, "claim", []byte("2")); !created || err != nil {
			t.Errorf("Create after a deletion = %v, %v; want it created", created, err)
		}
	}},
}

// race lets n try at once, of whom one has to win and none may fail, and gives
// those who did.
func (t *Trial) race(n int, try func(int) (bool, error)) []int {
	won := make([]atomic.Bool, n)
	var g errgroup.Group
	for i := range n {
		g.Go(func() error {
			did, err := try(i)
			won[i].Store(did)
			return err
		})
	}
	err := g.Wait()
	var winners []int
	for i := range won {
		if won[i].Load() {
			winners = append(winners, i)
		}
	}
	if err != nil || len(winners) != 1 {
		t.Errorf("%d at once: %d won, %v; want 1 and no error", n, len(winners), err)
	}
	return winners
}
