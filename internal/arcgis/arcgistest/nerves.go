package arcgistest

import (
	"cmp"
	"fmt"
	"net/http"
)

// patience is how many troubles a nervous portal makes about one item, all
// calls together, and about no item.
const patience = 3

// trouble says which way of failing a call of a nervous portal meets, from 0
// on, or -1 for none. It depends on what is asked for and how often that was
// asked before, and on nothing else: not on the hour, nor on other calls.
func (p *Portal) trouble(a *ask, ways int) int {
	n := uint64(p.rules.nerves)
	if n == 0 {
		return -1
	}
	source := cmp.Or(a.form.Get("itemId"), a.id)
	if i := p.items[source]; i != nil {
		source = i.root().ID
	}
	what := a.endpoint + " " + a.id + " " + a.PathValue("user") + " " + a.form.Get("itemId") + " " + a.form.Get("q") + " " + a.form.Get("filter") + " " + a.form.Get("start")
	if a.endpoint == Download {
		what = a.endpoint + " " + a.id + " " + a.Header.Get("Range")
	}
	if p.items[a.id] != nil && p.items[a.id].job != nil {
		j := p.items[a.id].job
		what += fmt.Sprint(" of ", j.source.ID, j.attempt)
	}
	luck := hiss(0, what).seed
	tried := p.tries[what]
	p.tries[what]++
	if mix(luck, 0)%n != 0 || uint64(tried) > mix(luck, 1)%2 || p.tries["trouble "+source] >= patience {
		return -1
	}
	p.tries["trouble "+source]++
	return int(mix(luck, uint64(2+tried)) % uint64(ways))
}

// hiccup is what a nervous portal does to a call of the API: an answer in
// place of the right one, or something that is done to the right one.
func (p *Portal) hiccup(a *ask) (before *reply, after func(*reply)) {
	if a.endpoint == Download {
		return nil, nil
	}
	way := p.trouble(a, 7)
	page := func(status int, text string) *reply {
		return &reply{status: status, page: "<html><head><title>" + text + "</title></head><body><center><h1>" + text + "</h1></center></body></html>"}
	}
	a.fault = map[int]string{0: "reset", 1: "500", 2: "502", 3: "503", 4: "cut", 5: "lost", 6: "504"}[way]
	switch way {
	case 0:
		return &reply{reset: true}, nil
	case 1:
		return &reply{fail: &failure{Code: 500, Message: "Internal server error.", Details: []string{}}}, nil
	case 2:
		return page(http.StatusBadGateway, "502 Bad Gateway"), nil
	case 3:
		return page(http.StatusServiceUnavailable, "503 Service Temporarily Unavailable"), nil
	case 4:
		return nil, func(out *reply) { out.cut = true }
	case 5:
		return nil, func(out *reply) { out.reset = true }
	case 6:
		return nil, func(out *reply) { *out = reply{fail: timedOut} }
	}
	return nil, nil
}

// slowdown and breaks are what a nervous file host does.
func (p *Portal) slowdown(a *ask) bool {
	way := p.trouble(a, 2)
	a.fault = map[int]string{0: "503", 1: "cut"}[way]
	return way == 0
}

func (p *Portal) breaks(a *ask) bool { return a.fault == "cut" }
