package storetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/store"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

// moving: an item's bytes come into the bucket as package transfer brings
// them, which puts the verbs above together.
var moving = []Case{
	{"move: an item's bytes, in one piece and in parts", func(t *Trial) {
		for _, n := range []int{0, 1000, 40 << 20} {
			whole := bytesOf(n)
			got, err := transfer.Move(t, t.job(source{body: whole}))
			t.ok(err, "Move of %d bytes", n)
			t.wantMoved(got, whole)
		}
	}},
	{"move: handed over, and gone on with", func(t *Trial) {
		whole := bytesOf(50 << 20)
		var stopped atomic.Bool
		start := time.Unix(0, 0)
		j := t.job(source{whole, func(at int64) { stopped.Store(stopped.Load() || at > 40<<20) }})
		j.Stop, j.Streams = start.Add(time.Hour), 1
		j.Now = func() time.Time {
			if stopped.Load() {
				return j.Stop.Add(time.Second)
			}
			return start
		}
		got, err := transfer.Move(t, j)
		t.ok(err, "Move until it must stop")
		if got.Whole {
			t.Fatalf("Move = %+v, want it handed over", got)
		}
		t.wantMissing("moved")
		j.Stop = time.Time{}
		got, err = transfer.Move(t, j)
		t.ok(err, "Move, going on")
		if got.Moved >= int64(len(whole)) {
			t.Errorf("Move, going on, read %d bytes, want fewer than all %d", got.Moved, len(whole))
		}
		t.wantMoved(got, whole)
	}},
	{"move: asked again, it finds its object", func(t *Trial) {
		whole := bytesOf(20 << 20)
		j := t.job(source{body: whole})
		for range 2 {
			got, err := transfer.Move(t, j)
			t.ok(err, "Move")
			t.wantMoved(got, whole)
		}
	}},
	{"move: copied from an older backup", func(t *Trial) {
		t.put("old", body)
		from := backup.File{Key: "old", Size: int64(len(body)), CRC64NVME: store.Sum(body)}
		got, err := transfer.Copy(t, transfer.CopyJob{Store: t.Store, From: from, To: "new"})
		if want := (backup.File{Key: "new", Size: from.Size, CRC64NVME: from.CRC64NVME}); err != nil || !cmp.Equal(got.File, want) || !got.Whole {
			t.Errorf("Copy = %+v, %v; want %+v", got, err, want)
		}
		t.wantBody("new", body)
		from.CRC64NVME = store.Sum([]byte("what it was"))
		if _, err := transfer.Copy(t, transfer.CopyJob{Store: t.Store, From: from, To: "newer"}); !errors.Is(err, transfer.ErrStale) {
			t.Errorf("Copy of a source that has changed: %v, want ErrStale", err)
		}
	}},
}

func (t *Trial) job(from source) transfer.Job {
	return transfer.Job{
		Source: from, Store: t.Store, Key: "moved", Checkpoint: ".mapkeep/runs/1/transfers/1.json",
		Size: int64(len(from.body)), Check: content.File("a.bin"),
	}
}

func (t *Trial) wantMoved(got transfer.Result, whole []byte) {
	if !got.Whole || got.File.Size != int64(len(whole)) || got.File.CRC64NVME != store.Sum(whole) {
		t.Errorf("Move = %+v, want the whole of %d bytes with CRC64NVME %s", got, len(whole), store.Sum(whole))
	}
	t.wantBody("moved", whole)
	t.wantSum("moved", whole)
}

// source gives bytes that are in memory, and tells how far it is read.
type source struct {
	body []byte
	at   func(int64)
}

// Open gives n bytes from from on, all of them where n is negative.
func (s source) Open(_ context.Context, from, n int64, _ string) (*transfer.Body, error) {
	part := s.body[from:]
	if n >= 0 {
		part = part[:min(n, int64(len(part)))]
	}
	r := &counted{bytes.NewReader(part), from, s.at}
	return &transfer.Body{ReadCloser: io.NopCloser(r), Size: int64(len(s.body)), From: from, ETag: `"1"`, Ranges: true}, nil
}

type counted struct {
	io.Reader
	at  int64
	say func(int64)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.at += int64(n)
	if c.say != nil {
		c.say(c.at)
	}
	return n, err
}
