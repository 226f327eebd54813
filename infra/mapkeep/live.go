package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// A live is the picture on a terminal: a line with a bar for all items, and
// below it a line for each of those that are under way longest. Its lines are
// always shorter than the terminal is wide, since one that wraps could not be
// taken back. It only reads the view: a call of mpb's from within a picture
// would wait for itself.
type live struct {
	view *view
	file *os.File
	bar  mpb.BarFiller
	on   *mpb.Progress // nil before start
	all  *mpb.Bar
}

const (
	rows     = 8  // items under way that are shown, where the terminal has room
	around   = 4  // lines left free for what stands above
	narrow   = 40 // a terminal must be wider, or lines are printed
	barWidth = 24
	repaint  = 150 * time.Millisecond
)

// newLive is nil where no picture can be drawn.
func newLive(out io.Writer, v *view) *live {
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	if width, height, err := term.GetSize(int(file.Fd())); err != nil || width < narrow || height < around+2 {
		return nil
	}
	style := mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding(" ").Rbound("]")
	return &live{view: v, file: file, bar: style.Build()}
}

// start draws the picture and keeps it true.
func (l *live) start() {
	l.on = mpb.New(mpb.WithOutput(l.file), mpb.WithRefreshRate(repaint))
	l.all = l.on.MustAdd(0, mpb.BarFillerFunc(l.head), mpb.BarFillerTrim(), mpb.BarExtender(mpb.BarFillerFunc(l.rows), false))
}

// head draws the first line. It begins with a return, because a Ctrl-C that
// the terminal echoes moves the cursor.
func (l *live) head(w io.Writer, stat decor.Statistics) error {
	p := l.view.picture()
	before, after := p.before(), p.after()
	room := stat.AvailableWidth - 1
	stat.RequestedWidth = min(barWidth, room-cells(before)-cells(after)-2)
	fmt.Fprintf(w, "\r")
	if p.all == 0 || stat.RequestedWidth < 5 {
		_, err := io.WriteString(w, clip(before+" "+after, room))
		return err
	}
	fmt.Fprintf(w, "%s ", before)
	stat.Total, stat.Current = int64(p.all), int64(p.good+p.failed)
	if err := l.bar.Fill(w, stat); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, " %s", after)
	return err
}

// rows draws the items under way.
func (l *live) rows(w io.Writer, stat decor.Statistics) error {
	p := l.view.picture()
	show := min(len(p.open), l.room())
	if show < len(p.open) && show > 0 {
		show-- // for the last line
	}
	for _, s := range p.open[:show] {
		fmt.Fprintf(w, "  %s\n", clip(p.row(s), stat.AvailableWidth-3))
	}
	if more := len(p.open) - show; more > 0 {
		fmt.Fprintf(w, "  … and %d more\n", more)
	}
	return nil
}

// room is how many rows the terminal has for items now.
func (l *live) room() int {
	_, height, err := term.GetSize(int(l.file.Fd()))
	if err != nil {
		return rows
	}
	return max(0, min(rows, height-around))
}

// note prints above the picture; false where there is none.
func (l *live) note(text string) bool {
	if l.on == nil {
		return false
	}
	_, err := io.WriteString(l.on, "\r"+text+"\n")
	return err == nil
}

// stop takes the picture away. A second stop does nothing.
func (l *live) stop() {
	if l.on == nil {
		return
	}
	l.all.Abort(true)
	l.on.Wait()
	l.on = nil
	if runtime.GOOS != "windows" { // whose console echoes no Ctrl-C
		fmt.Fprint(l.file, "\r\x1b[K")
	}
}
