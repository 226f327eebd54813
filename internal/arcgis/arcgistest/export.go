package arcgistest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// state is how far an export has come.
type state int

const (
	working state = iota
	done
	failed
)

// job is one export.
type job struct {
	id      string
	source  *item
	target  *item
	format  format
	attempt int
	running bool
	began   time.Time
	polls   int
	state   state
	content *Content
	damaged bool
}

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
	layers := i.layers
	if i.from != nil {
		layers = i.from.layers
	}
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

// begin starts a job: its content is the features as they are now.
func (p *Portal) begin(a *ask, src *item, f format, layers []sublayer) *job {
	p.made++
	attempt := 1 + p.tries["export "+src.ID]
	p.tries["export "+src.ID] = attempt
	id := p.sign("job", src.ID, fmt.Sprint(attempt))
	j := &job{id: fmt.Sprintf("%s-%s-%s-%s-%s", id[:8], id[8:12], id[12:16], id[16:20], id[20:32]), source: src, format: f, attempt: attempt}
	j.content = p.exported(src, f, layers)
	if s := &src.script; s.damage != whole && attempt <= s.damaged {
		j.damaged = true
	}
	p.queue.join(j, a.now, p.rules.atOnce)
	return j
}

// exported is what a good export of the item holds now.
func (p *Portal) exported(src *item, f format, layers []sublayer) *Content {
	edition, bulk, id := src.edition, src.bulk, src.ID
	if src.from != nil {
		edition, bulk = edition+src.from.edition, src.from.bulk
	}
	return f.make(fmt.Sprintf("%s/%d/%s", id, edition, f.asked), layers, bulk)
}

// deliver puts the item of an export, half-built, into the root of a user's
// content.
func (p *Portal) deliver(a *ask, j *job, user, title, name string) {
	t := &item{job: j, edition: 1, Item: Item{ID: p.sign("item", j.id)[:32], title: title, kind: j.format.itemType, owner: user, access: "private",
		created: a.now, modified: a.now, snippet: a.form.Get("snippet"), keywords: []string{"Data", j.format.itemType}}}
	if j.format.suffix != "" {
		t.name = name
	}
	for _, tag := range strings.Split(a.form.Get("tags"), ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			t.tags = append(t.tags, tag)
		}
	}
	j.target, p.origins[t.ID], p.jobs[j.id] = t, j.source.ID, j
	p.keep(t)
	p.retell(t.ID, p.doc(t))
}

// queue holds the jobs that wait for a place where only so many may run.
type queue struct {
	running []*job
	waiting []*job
}

func (q *queue) join(j *job, now time.Time, limit int) {
	if limit > 0 && len(q.running) >= limit {
		q.waiting = append(q.waiting, j)
		return
	}
	j.running, j.began = true, now
	if limit > 0 {
		q.running = append(q.running, j)
	}
}

// leave frees a job's place at a time; whoever waits longest takes it.
func (q *queue) leave(j *job, at time.Time) {
	gone := func(o *job) bool { return o == j }
	q.waiting = slices.DeleteFunc(q.waiting, gone)
	if !slices.ContainsFunc(q.running, gone) {
		return
	}
	q.running = slices.DeleteFunc(q.running, gone)
	if len(q.waiting) > 0 {
		next := q.waiting[0]
		q.waiting = q.waiting[1:]
		next.running, next.began = true, at
		q.running = append(q.running, next)
	}
}

// due ends what the clock has ended, the earliest first.
func (p *Portal) due(now time.Time) {
	for {
		var first *job
		for _, j := range p.queue.running {
			if d := j.source.script.seconds; d > 0 && !j.source.script.hangs && !now.Before(j.began.Add(d)) &&
				(first == nil || j.began.Add(d).Before(first.began.Add(first.source.script.seconds))) {
				first = j
			}
		}
		if first == nil {
			return
		}
		p.finish(first, first.began.Add(first.source.script.seconds))
	}
}

// settle brings a job up to the present; looked says that its status was
// asked for.
func (p *Portal) settle(j *job, now time.Time, looked bool) {
	p.due(now)
	s := &j.source.script
	if !j.running || j.state != working || s.hangs {
		return
	}
	if s.seconds > 0 {
		if end := j.began.Add(s.seconds); !now.Before(end) {
			p.finish(j, end)
		}
		return
	}
	if !looked {
		return
	}
	if j.polls++; j.polls > s.polls {
		p.finish(j, now)
	}
}

func (p *Portal) finish(j *job, at time.Time) {
	if j.state = done; j.attempt <= j.source.script.fails {
		j.state = failed
	}
	j.target.modified = at
	p.queue.leave(j, at)
	if p.items[j.target.ID] == j.target && !j.target.recycled {
		p.retell(j.target.ID, p.doc(j.target))
	}
}

// status is content/users/{user}/items/{id}/status.
func (a *ask) status() reply {
	p := a.p
	t, fail := a.find(a.id)
	if fail != nil || t.owner != a.PathValue("user") {
		return reply{fail: missing}
	}
	j, asked := t.job, a.form.Get("jobId")
	if j == nil && asked == "" {
		return reply{json: map[string]any{"status": "completed", "statusMessage": "completed", "itemId": t.ID}}
	}
	if known := p.jobs[asked]; j == nil && known != nil && known.source == t {
		j, t = known, known.target // the job is known by the item it was made from as well
	}
	if j == nil || asked != "" && asked != j.id {
		return bad("Job %s does not exist.", asked)
	}
	before := j.polls
	p.settle(j, a.now, true)
	s := &j.source.script
	switch {
	case s.forgotten && before > 0:
		p.forget(t)
		p.queue.leave(j, a.now)
		return reply{fail: missing}
	case s.pollErrors > 0:
		s.pollErrors--
		return bad("Error updating file item")
	}
	word, text := j.says(before)
	return reply{json: map[string]any{"status": word, "statusMessage": text, "itemId": t.ID}}
}

// says is the status of a job that was looked at so often before.
func (j *job) says(before int) (word, text string) {
	words := j.source.script.says
	switch {
	case j.state == failed:
		return "failed", j.source.script.message
	case j.state == working && before < len(words)-1:
		return words[before], ""
	case j.state == done && len(words) > 0:
		return words[len(words)-1], ""
	case j.state == done:
		return "completed", "completed"
	}
	return "processing", ""
}
