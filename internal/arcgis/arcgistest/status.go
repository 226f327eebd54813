package arcgistest

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
