package storetest

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/store"
)

// streaming: parts of large exports go up as they come down, with their
// checksum behind them.
var streaming = []Case{
	{"stream: parts as they come", func(t *Trial) {
		whole := bytesOf(6<<20 + 17)
		upload, err := t.Begin(t, "a", "")
		t.ok(err, "Begin")
		var sent []store.Part
		for n, piece := range [][]byte{whole[:6<<20], whole[6<<20:]} {
			p, err := t.PartFrom(t, "a", upload, int32(n+1), io.MultiReader(bytes.NewReader(piece)), int64(len(piece)))
			t.ok(err, "PartFrom %d", n+1)
			sent = append(sent, p)
		}
		parts, err := t.Parts(t, "a", upload)
		if diff := cmp.Diff(sent, parts); diff != "" || err != nil {
			t.Errorf("Parts: %v; differs from what PartFrom said (-want +got):\n%s", err, diff)
		}
		t.ok2(t.Complete(t, "a", upload, sent, int64(len(whole)), store.Sum(whole)))("Complete")
		t.wantBody("a", whole)
		t.wantSum("a", whole)
	}},
	{"stream: bytes that change on the way are refused", func(t *Trial) {
		upload, err := t.Begin(t, "a", "")
		t.ok(err, "Begin")
		through := store.New(Through(t.Client, Fault{Ask: func(r *http.Request) { r.Body = &changed{ReadCloser: r.Body, at: 1000} }}), t.Bucket())
		if p, err := through.PartFrom(t, "a", upload, 1, bytes.NewReader(bytesOf(5000)), 5000); err == nil {
			t.Errorf("PartFrom of bytes that changed on the way = %+v, want it refused", p)
		}
		t.wantNoParts("a", upload)
	}},
	{"stream: a body that ends too early leaves no part", func(t *Trial) {
		upload, err := t.Begin(t, "a", "")
		t.ok(err, "Begin")
		if p, err := t.PartFrom(t, "a", upload, 1, bytes.NewReader(bytesOf(5000)), 6000); err == nil {
			t.Errorf("PartFrom of 5,000 bytes in place of 6,000 = %+v, want an error", p)
		}
		t.wantNoParts("a", upload)
	}},
	{"stream: into an upload that is gone", func(t *Trial) {
		upload, err := t.Begin(t, "a", "")
		t.ok(err, "Begin")
		t.ok(t.Abort(t, "a", upload), "Abort")
		if _, err := t.PartFrom(t, "a", upload, 1, bytes.NewReader(body), int64(len(body))); !errors.Is(err, store.ErrNoUpload) {
			t.Errorf("PartFrom after Abort: %v, want ErrNoUpload", err)
		}
	}},
}

func (t *Trial) wantNoParts(key, upload string) {
	if parts, err := t.Parts(t, key, upload); len(parts) != 0 || err != nil {
		t.Errorf("Parts = %+v, %v; want none", parts, err)
	}
	t.ok(t.Abort(t, key, upload), "Abort")
}

// changed is a body with another byte at a place.
type changed struct {
	io.ReadCloser
	at, read int
}

func (c *changed) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if i := c.at - c.read; i >= 0 && i < n {
		p[i] ^= 1
	}
	c.read += n
	return n, err
}
