package arcgistest

import (
	"fmt"
	"strings"
)

// deleteItem is content/users/{user}[/{folder}]/items/{id}/delete.
func (a *ask) deleteItem() reply {
	out, fail := a.remove(a.id)
	if fail != nil {
		return reply{fail: fail}
	}
	return reply{json: out}
}

// deleteItems takes up to a hundred ids and answers for each.
func (a *ask) deleteItems() reply {
	ids := strings.Split(a.form.Get("items"), ",")
	if len(ids) > 100 {
		return bad("Too many items: %d.", len(ids))
	}
	results := []any{}
	for _, id := range ids {
		one := *a
		one.endpoint, one.id = Delete, strings.TrimSpace(id)
		out, fail := a.remove(one.id)
		if fail != nil {
			out = map[string]any{"itemId": one.id, "success": false, "error": fail}
		}
		a.p.note(&one, reply{fail: fail})
		results = append(results, out)
	}
	return reply{json: map[string]any{"results": results}}
}

// remove deletes one item: into the recycle bin, or for good.
func (a *ask) remove(id string) (map[string]any, *failure) {
	p, i := a.p, a.p.items[id]
	forGood := p.rules.noBin || a.form.Get("permanentDelete") == "true"
	if i == nil || i.owner != a.PathValue("user") || i.recycled && !forGood {
		return nil, missing
	}
	if !a.who.mayChange(i.owner) {
		return nil, forbidden
	}
	if i.job == nil {
		p.breach("delete of %s, which is no export", id)
	}
	s := &i.root().script
	switch {
	case i.protected:
		return nil, &failure{Code: 400, Message: fmt.Sprintf("Unable to delete item %s. Delete protection is turned on.", id), Details: []string{}}
	case s.deleteFails > 0:
		s.deleteFails--
		return nil, &failure{Code: 500, Message: "Unable to delete item.", Details: []string{}}
	case s.deleteRefuses > 0:
		s.deleteRefuses--
		return map[string]any{"success": false, "itemId": id}, nil
	}
	if i.job != nil {
		p.queue.leave(i.job, a.now)
	}
	if forGood {
		p.forget(i)
	} else {
		i.recycled = true
		p.release(i)
		p.retell(id, nil)
	}
	return map[string]any{"success": true, "itemId": id}, nil
}

// stored is what the organization's files take, the recycle bin's too.
func (p *Portal) stored() int64 {
	sum := int64(0)
	for _, i := range p.items {
		sum += max(i.size(), 0)
	}
	return sum
}
