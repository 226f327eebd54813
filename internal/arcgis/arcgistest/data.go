package arcgistest

import (
	"strings"
)

// data is content/items/{id}/data: JSON text inline, a file by a redirect to
// the file host, and for an item without data nothing, or an error.
func (a *ask) data() reply {
	p := a.p
	i, fail := a.find(a.id)
	if fail != nil {
		return reply{fail: fail}
	}
	s := &i.root().script
	if i.job != nil && i.job.state != done {
		early := p.tries["early "+i.ID]
		p.tries["early "+i.ID]++
		return []reply{{mime: "application/octet-stream", text: []byte{}}, {fail: noFile}}[early%2]
	}
	damaged := i.damaged()
	if damaged && i.job == nil && (s.damage == signInInstead || s.damage == errorJSON) {
		s.damaged--
	}
	switch {
	case damaged && s.damage == signInInstead:
		return reply{page: "<!DOCTYPE html>\n<html><head><title>Sign In</title></head><body><form action=\"/sharing/oauth2/signin\"></form></body></html>\n"}
	case damaged && s.damage == errorJSON:
		return reply{mime: "application/json;charset=utf-8", text: []byte(`{"error":{"code":500,"message":"Internal server error.","details":[]}}`)}
	}
	c := i.held()
	switch {
	case c == nil && s.noData != nil:
		return reply{fail: s.noData}
	case c == nil:
		return reply{mime: "application/json;charset=utf-8", text: []byte{}}
	case i.name == "" && (i.body.text != nil || i.job != nil):
		kind := "application/json;charset=utf-8"
		if p.rules.mislabel {
			kind = "text/plain;charset=utf-8"
		}
		return reply{mime: kind, text: c.Bytes()}
	case p.rules.enterprise:
		t := p.hand(a, i)
		return reply{file: &t}
	}
	return reply{location: p.link(i, a.now)}
}

var noFile = &failure{Code: 500, Message: "Item does not have a file.", Details: []string{}}

// damaged says whether the item's file, as it is asked for now, is hurt.
func (i *item) damaged() bool {
	if i.job != nil {
		return i.job.damaged
	}
	return !i.hosted && i.script.damage != whole && i.script.damaged > 0
}

// held is the item's content as the portal would give it out, damage and
// all; nil where there is none.
func (i *item) held() *Content {
	c := i.kept()
	if c == nil || !i.damaged() {
		return c
	}
	switch i.root().script.damage {
	case empty:
		return join("empty")
	case truncated:
		return c.first(c.Size() * 2 / 3)
	case notZip:
		return join("noise of "+i.ID, hiss(c.Size(), "noise of "+i.ID))
	case noDataSet:
		return zipped("bare "+i.ID, file{"readme.txt", strings.NewReader("There was nothing to export.\r\n")})
	}
	return c
}
