package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// A live is the picture on a terminal: a bar for all items, and below it the
// items that are under way longest.
type live struct {
	view  *view
	on    *mpb.Progress
	bar   *mpb.Bar
	lines []*mpb.Bar

	mu    sync.Mutex
	stage string
}

// rows is how many items under way are shown at once: they fit on a terminal
// of 24 lines beside notes.
const rows = 8

func newLive(out *os.File, v *view) *live {
	return &live{view: v, on: mpb.New(mpb.WithOutput(out), mpb.WithWidth(40), mpb.WithRefreshRate(150*time.Millisecond))}
}

// start draws the picture and keeps it true.
func (l *live) start() {
	l.bar = l.on.New(0, mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding(" ").Rbound("]"),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return l.head() })),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return l.tail() })),
	)
	for i := range rows {
		l.lines = append(l.lines, l.on.New(0, mpb.NopStyle(), mpb.BarFillerTrim(),
			mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return l.row(i) }))))
	}
}

// head is what stands before the bar; it also moves the bar.
func (l *live) head() string {
	p := l.view.picture()
	l.bar.SetTotal(int64(p.all)+1, false)
	l.bar.SetCurrent(int64(p.good + p.failed))
	if p.all == 0 {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.stage + " "
	}
	text := fmt.Sprintf("%d/%d ", p.good+p.failed, p.all)
	if p.failed > 0 {
		text += fmt.Sprintf("(%d failed) ", p.failed)
	}
	return text
}

// tail is what stands behind it: bytes, rate, time left.
func (l *live) tail() string {
	p := l.view.picture()
	passed := time.Since(p.begun).Seconds()
	text := fmt.Sprintf(" %s, %s/s", amount(p.bytes), amount(int64(float64(p.bytes)/max(passed, 0.1))))
	ended := p.good + p.failed
	if ended > 0 && ended < p.all {
		left := time.Duration(passed / float64(ended) * float64(p.all-ended) * float64(time.Second))
		text += fmt.Sprintf(", %s left", left.Round(time.Second))
	}
	return text
}

// row is one item under way.
func (l *live) row(i int) string {
	p := l.view.picture()
	if i >= len(p.open) {
		return ""
	}
	if i == rows-1 && len(p.open) > rows {
		return fmt.Sprintf("  … and %d more", len(p.open)-rows+1)
	}
	s := p.open[i]
	return fmt.Sprintf("  %-14s %s (%s)", s.state, clip(s.docket.Title, 50), time.Since(s.since).Round(time.Second))
}

// clip cuts a title to n runes and leaves out what would move the cursor.
func clip(text string, n int) string {
	runes := []rune(text)
	for i, r := range runes {
		if r < ' ' || r == 0x7f {
			runes[i] = ' '
		}
	}
	if len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return string(runes)
}

// state says where the run as a whole stands.
func (l *live) state(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stage = name
}

// note prints above the picture; false once it has stopped.
func (l *live) note(text string) bool {
	_, err := io.WriteString(l.on, text+"\n")
	return err == nil
}

// stop takes the picture away.
func (l *live) stop() {
	for _, line := range append(l.lines, l.bar) {
		if line != nil {
			line.Abort(true)
		}
	}
	l.on.Wait()
}
