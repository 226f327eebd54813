//go:build localstack

package machines_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states/statestest"
)

// scripts tells the functions what to do.
type scripts struct {
	url string
	all sync.Map // name -> *playing
}

type playing struct {
	script *statestest.Script
	over   chan struct{} // closed when nobody waits for it any more
}

func serve(t *testing.T) *scripts {
	s := &scripts{}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL + "/"
	return s
}

// play has a script played under a name until the answer is called.
func (s *scripts) play(name string, script *statestest.Script) (end func()) {
	p := &playing{script, make(chan struct{})}
	s.all.Store(name, p)
	return func() { close(p.over) }
}

// ServeHTTP does one call's step.
func (s *scripts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, ok := s.all.Load(strings.TrimPrefix(r.URL.Path, "/"))
	payload, err := io.ReadAll(r.Body)
	if !ok || err != nil {
		http.Error(w, "no such script", http.StatusNotFound)
		return
	}
	p := found.(*playing)
	step := p.script.Next(payload)
	switch {
	case step.Hang:
		select {
		case <-p.over:
		case <-r.Context().Done():
		}
	case step.Fail != "":
		w.Header().Set("Fail", step.Fail)
		_, _ = io.WriteString(w, step.Message)
	default:
		_, _ = w.Write(step.Answer)
	}
}
