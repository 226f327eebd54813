package arcgistest

import (
	"fmt"
	"net/http"
	"strings"
)

// files is the file host: it knows links and no tokens.
func (p *Portal) files(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	a := &ask{Request: r, p: p, host: "files", endpoint: Download, now: p.Clock.Now()}
	a.id, _, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	t := p.transfer(a)
	p.note(a, reply{status: t.status, reset: t.cut})
	p.mu.Unlock()
	t.write(w, a)
}

// hand gives a file out, in the way the item's script says.
func (p *Portal) hand(a *ask, i *item) transfer {
	s := &i.root().script
	if s.slowdowns > 0 || p.slowdown(a) {
		s.slowdowns = max(s.slowdowns-1, 0)
		return transfer{status: 503, code: "SlowDown", text: "Please reduce your request rate.", after: s.slowdown}
	}
	if a.Header.Get("Range") != "" && i.held().Size() == 0 {
		return transfer{status: 416, code: "InvalidRange", text: "The requested range is not satisfiable"}
	}
	name, _ := i.filename().(string)
	t := transfer{status: 200, content: i.held(), name: name, noRanges: s.noRanges, noLength: s.noLength}
	if p.rules.mislabel {
		t.kind = "text/html"
	}
	if t.cut = s.cuts > 0 || p.breaks(a); s.cuts > 0 {
		s.cuts--
	}
	if i.job == nil && i.script.damaged > 0 {
		i.script.damaged--
	}
	if ranged := a.Header.Get("Range") != ""; ranged && !s.noRanges {
		t.status = 206
		if s.shifting {
			p.shift(i)
		}
		t.hold = s.held(a)
	}
	return t
}

// held is what the answer to a range waits for, nil where it does not.
func (s *script) held(a *ask) <-chan struct{} {
	var begin int64
	fmt.Sscanf(a.Header.Get("Range"), "bytes=%d-", &begin) //nolint:errcheck // a range from the end counts as one from 0
	if begin < s.holdFrom {
		return nil
	}
	return s.hold
}

// shift changes a file while it is being read.
func (p *Portal) shift(i *item) {
	if i.job == nil {
		i.edition++
		if i.body.bytes != nil {
			i.body.bytes = append([]byte(fmt.Sprint(i.edition)), i.body.bytes...)
		}
		return
	}
	j := i.job
	i.edition++
	j.content = join(fmt.Sprintf("%s, shifted %d", j.content.mark, i.edition), j.content.parts...)
}
