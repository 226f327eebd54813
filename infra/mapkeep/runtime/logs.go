package runtime

import (
	"bytes"
	"io"
	"sync"
)

// maxLine is where a line without an end is written out all the same.
const maxLine = 1 << 20

// logs is one writer for the lines of many processes.
type logs struct {
	mu sync.Mutex
	to io.Writer
}

func newLogs(to io.Writer) *logs {
	if to == nil {
		to = io.Discard
	}
	return &logs{to: to}
}

// writer is for one stream of one process.
func (l *logs) writer() *lines { return &lines{logs: l} }

// lines passes on whole lines, each in one Write, so that lines of other
// streams stand before or after it. It is used by one goroutine at a time.
type lines struct {
	logs *logs
	rest []byte // the begun line
}

// Write never fails: a child must not stumble over a log that can't be written.
func (w *lines) Write(p []byte) (int, error) {
	end := bytes.LastIndexByte(p, '\n') + 1
	if end > 0 {
		w.put(append(w.rest, p[:end]...))
		w.rest = nil
	}
	w.rest = append(w.rest, p[end:]...)
	if len(w.rest) > maxLine {
		w.flush()
	}
	return len(p), nil
}

// flush ends the begun line.
func (w *lines) flush() {
	if len(w.rest) > 0 {
		w.put(append(w.rest, '\n'))
		w.rest = nil
	}
}

func (w *lines) put(whole []byte) {
	w.logs.mu.Lock()
	defer w.logs.mu.Unlock()
	w.logs.to.Write(whole) //nolint:errcheck // see Write
}
