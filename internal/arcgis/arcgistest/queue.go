package arcgistest

import (
	"slices"
	"time"
)

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
