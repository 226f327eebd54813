package arcgistest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// export is content/users/{user}/export.
func (a *ask) export() reply {
	p, user := a.p, a.PathValue("user")
	a.id = a.form.Get("itemId")
	src, fail := a.find(a.id)
	if fail != nil {
		return reply{fail: fail}
	}
	if out, hit := p.slow(a, a.id); hit {
		return out
	}
	if !a.who.mayChange(user) || !a.who.mayChange(src.owner) {
		return reply{fail: forbidden}
	}
	f, why := src.exportable(a.form.Get("exportFormat"))
	if why != nil {
		return reply{fail: why}
	}
	layers, why := src.chosen(a.form.Get("exportParameters"))
	if why != nil {
		return reply{fail: why}
	}
	title := a.form.Get("title")
	if title == "" {
		title = src.title
	}
	f = f.of(len(layers))
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, title) + f.suffix
	if id, taken := p.names[user+"\x00\x00"+name]; taken && f.suffix != "" {
		return reply{fail: &failure{Code: 409, MessageCode: "CONT_0027", Message: fmt.Sprintf("Item '%s' already exists.", name), Details: []string{"itemId: " + id}}}
	}
	j := p.begin(a, src, f, layers)
	p.deliver(a, j, user, title, name)
	out := reply{json: map[string]any{"type": f.itemType, "size": 0, "jobId": j.id, "exportItemId": j.target.ID, "serviceItemId": src.ID, "exportFormat": f.asked}}
	s := &src.script
	switch {
	case s.lost > 0:
		s.lost--
		a.fault = "answer lost"
		return reply{reset: true}
	case s.late > 0:
		s.late--
		return reply{fail: timedOut}
	}
	return out
}

// exportable finds the format that was asked for, or why there is none.
func (i *item) exportable(asked string) (format, *failure) {
	f, ok := formatFor(asked)
	no := func(text string, args ...any) (format, *failure) {
		return f, &failure{Code: 400, Message: fmt.Sprintf(text, args...), Details: []string{}}
	}
	switch {
	case i.script.refused != nil:
		return f, i.script.refused
	case !i.hosted:
		return no("Item %s of type %s can not be exported.", i.ID, i.kind)
	case !ok:
		return no("Invalid export format '%s'.", asked)
	case f.sources != i.kind:
		return no("Export of %s to %s is not supported.", i.kind, f.asked)
	case i.script.extractOff:
		return no("Export is not enabled for this service.")
	}
	return f, nil
}

// chosen reads exportParameters: without it every layer and table goes.
func (i *item) chosen(parameters string) ([]sublayer, *failure) {
	layers := i.shown()
	if parameters == "" {
		return layers, nil
	}
	var want struct{ Layers []struct{ ID int } }
	if err := json.Unmarshal([]byte(parameters), &want); err != nil {
		return nil, &failure{Code: 400, Message: "'exportParameters' is not valid JSON.", Details: []string{}}
	}
	if want.Layers == nil {
		return layers, nil
	}
	var out []sublayer
	for _, w := range want.Layers {
		n := slices.IndexFunc(layers, func(l sublayer) bool { return l.id == w.ID })
		if n < 0 {
			return nil, &failure{Code: 400, Message: fmt.Sprintf("Layer %d does not exist.", w.ID), Details: []string{}}
		}
		out = append(out, layers[n])
	}
	return out, nil
}
