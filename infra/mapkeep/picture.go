package main

import (
	"fmt"
	"sort"
	"strings"
	"time"
)

// picture is what the live view draws from.
type picture struct {
	all, good, failed int
	bytes             int64
	stage             string
	begun, listed     time.Time
	now               time.Time
	open              []shown // the one that began first first
}

// picture takes one, for drawing.
func (v *view) picture() picture {
	v.mu.Lock()
	defer v.mu.Unlock()
	p := picture{v.all, v.good, v.failed, v.bytes, v.stage, v.begun, v.listed, time.Now(), nil}
	for _, s := range v.open {
		p.open = append(p.open, s)
		p.bytes += s.came
	}
	sort.Slice(p.open, func(i, j int) bool { return p.open[i].began.Before(p.open[j].began) })
	return p
}

// before is what stands before the bar.
func (p picture) before() string {
	if p.all == 0 {
		return p.stage
	}
	text := fmt.Sprintf("%d/%d", p.good+p.failed, p.all)
	if p.failed > 0 {
		text += fmt.Sprintf(" (%d failed)", p.failed)
	}
	return text
}

// row is what stands of an item under way.
func (p picture) row(s shown) string {
	text := fmt.Sprintf("%-12s %5s  ", s.doing, p.now.Sub(s.since).Truncate(time.Second))
	switch {
	case s.came > 0 && s.of > 0:
		text += fmt.Sprintf("%s of %s  ", amount(s.came), amount(s.of))
	case s.came > 0:
		text += amount(s.came) + "  "
	}
	return text + s.docket.Title
}

// after is what stands behind it: bytes, rate, time left.
func (p picture) after() string {
	if p.all == 0 {
		return fmt.Sprintf("(%s)", p.now.Sub(p.begun).Truncate(time.Second))
	}
	passed := p.now.Sub(p.listed)
	texts := []string{amount(p.bytes), amount(int64(float64(p.bytes)/max(passed.Seconds(), 1))) + "/s"}
	switch ended := p.good + p.failed; {
	case ended == p.all:
		texts = append(texts, p.stage)
	case ended > 0:
		left := passed / time.Duration(ended) * time.Duration(p.all-ended)
		texts = append(texts, max(time.Second, left.Round(time.Second)).String()+" left")
	}
	return strings.Join(texts, ", ")
}
