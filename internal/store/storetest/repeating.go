package storetest

import (
	"errors"
	"net/http"
	"sync/atomic"
	"syscall"

	"github.com/mapkeep/mapkeep/internal/store"
)

// repeating: an answer may be bad or get lost. The SDK asks again; then what
// was done already must not be done to harm, and must be seen to be done.
var repeating = []Case{
	{"repeat: after SlowDown and a lost connection", func(t *Trial) {
		var asked atomic.Int32
		s := store.New(Through(t.Client, Fault{Lose: func(r *http.Request) (*http.Response, error) {
			switch asked.Add(1) {
			case 1:
				return answered(r, http.StatusServiceUnavailable, "SlowDown"), nil
			case 2:
				return nil, syscall.ECONNRESET
			}
			return nil, nil
		}}), t.Bucket())
		t.ok(s.Put(t, "a", body, ""), "Put through two lost requests")
		t.wantBody("a", body)
		t.wantSum("a", body)
	}},
	{"repeat: a write whose answer was lost", func(t *Trial) {
		s := t.losing(http.MethodPut)
		t.ok(s.Put(t, "a", body, ""), "Put")
		t.wantBody("a", body)
	}},
	{"repeat: a creation whose answer was lost reads as taken", func(t *Trial) {
		if created, err := t.losing(http.MethodPut).Create(t, "claim", body); created || err != nil {
			t.Errorf("Create whose first answer was lost = %v, %v; want it taken, by itself", created, err)
		}
		t.wantBody("claim", body)
	}},
	{"repeat: a part whose answer was lost", func(t *Trial) {
		upload, err := t.Begin(t, "a", "")
		t.ok(err, "Begin")
		p, err := t.losing(http.MethodPut).Part(t, "a", upload, 1, body)
		t.ok(err, "Part")
		t.ok2(t.Complete(t, "a", upload, []store.Part{p}, p.Size, p.CRC64NVME))("Complete")
		t.wantBody("a", body)
	}},
	{"repeat: a completion whose answer was lost", func(t *Trial) {
		whole, upload, parts := t.twoParts("a")
		_, err := t.losing(http.MethodPost).Complete(t, "a", upload, parts, int64(len(whole)), store.Sum(whole))
		if err != nil && !errors.Is(err, store.ErrNoUpload) {
			t.Errorf("Complete whose first answer was lost: %v, want no error or ErrNoUpload", err)
		}
		t.wantBody("a", whole)
		t.wantSum("a", whole)
	}},
	{"repeat: a copy whose answer was lost", func(t *Trial) {
		t.put("old", body)
		t.ok2(t.losing(http.MethodPut).Copy(t, "old", int64(len(body)), "new"))("Copy")
		t.wantBody("new", body)
	}},
}

// losing is the bucket behind a connection that breaks once, after a request
// of that method was carried out.
func (t *Trial) losing(method string) *store.Store {
	var lost atomic.Bool
	return store.New(Through(t.Client, Fault{After: func(r *http.Request) error {
		if r.Method == method && lost.CompareAndSwap(false, true) {
			return syscall.ECONNRESET
		}
		return nil
	}}), t.Bucket())
}
