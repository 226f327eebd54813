package arcgistest

import (
	"fmt"
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
