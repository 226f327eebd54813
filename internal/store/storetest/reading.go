package storetest

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
)

var reading = []Case{
	{"read: whole, as it was written", func(t *Trial) {
		t.put("a", body)
		r, o, err := t.Reader(t, "a")
		t.ok(err, "Reader")
		defer r.Close()
		got, err := io.ReadAll(r)
		if !bytes.Equal(got, body) || err != nil {
			t.Errorf("Reader = %q, %v; want %q", got, err, body)
		}
		head, err := t.Head(t, "a")
		t.ok(err, "Head")
		if o != head || head.Size != int64(len(body)) || head.ETag == "" || head.Modified.IsZero() {
			t.Errorf("Reader says %+v and Head %+v; want the same, %d bytes, an ETag and a date", o, head, len(body))
		}
	}},
	{"read: an object of no bytes", func(t *Trial) {
		t.put("a", nil)
		t.wantBody("a", nil)
		if _, err := t.Slice(t, "a", 0, 1); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("Slice(0, 1) of no bytes: %v, want io.ErrUnexpectedEOF", err)
		}
	}},
	{"read: slices", func(t *Trial) {
		t.put("a", body)
		for _, c := range []struct {
			at, n int64
			want  string
		}{{0, 1, "a"}, {2, 3, "map"}, {16, 1, "k"}, {0, 17, string(body)}} {
			if got, err := t.Slice(t, "a", c.at, c.n); string(got) != c.want || err != nil {
				t.Errorf("Slice(%d, %d) = %q, %v; want %q", c.at, c.n, got, err, c.want)
			}
		}
		for _, at := range []int64{10, 17, 100} {
			if got, err := t.Slice(t, "a", at, 50); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("Slice(%d, 50) = %q, %v; want io.ErrUnexpectedEOF", at, got, err)
			}
		}
	}},
	{"read: what is missing says so", func(t *Trial) {
		t.put("there-too", body)
		for name, call := range map[string]func(string) error{
			"Get":    func(k string) error { _, err := t.Get(t, k); return err },
			"Slice":  func(k string) error { _, err := t.Slice(t, k, 0, 1); return err },
			"Reader": func(k string) error { _, _, err := t.Reader(t, k); return err },
			"Head":   func(k string) error { _, err := t.Head(t, k); return err },
			"Tags":   func(k string) error { _, err := t.Tags(t, k); return err },
			"Tag":    func(k string) error { return t.Tag(t, k, map[string]string{"a": "b"}) },
			"Copy":   func(k string) error { _, err := t.Copy(t, k, 1, "copy"); return err },
		} {
			err := call("there")
			if !errors.Is(err, store.ErrMissing) || fault.Of(err) != "" || !strings.Contains(err.Error(), "there") {
				t.Errorf("%s of a missing key: %v of kind %q; want ErrMissing without a kind, with the key", name, err, fault.Of(err))
			}
		}
	}},
	{"read: whether there is one", func(t *Trial) {
		t.put("there-too", body)
		t.put("that/below", body)
		for key, want := range map[string]bool{"there": false, "there-too": true, "there-too-": false, "that": false, "that/": false, "that/below": true} {
			if got, err := t.Exists(t, key); got != want || err != nil {
				t.Errorf("Exists(%q) = %v, %v; want %v", key, got, err, want)
			}
		}
	}},
}

var writing = []Case{
	{"write: over what was there", func(t *Trial) {
		t.put("a", body)
		t.put("a", []byte("another"))
		t.wantBody("a", []byte("another"))
		t.ok(t.Tag(t, "a", map[string]string{"mapkeep": "expired"}), "Tag")
		t.put("a", []byte("a third"))
		if tags, err := t.Tags(t, "a"); len(tags) != 0 || err != nil {
			t.Errorf("Tags of an object written over a tagged one = %v, %v; want none", tags, err)
		}
	}},
	{"write: what is probed before a backup", func(t *Trial) {
		for range 2 {
			t.ok(t.Probe(t, "maps/"), "Probe")
		}
	}},
}
