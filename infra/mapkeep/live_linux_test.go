package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// On a terminal a run draws one picture, takes it away again and ends; what
// stays are the failures and the summary.
func TestLiveView(t *testing.T) {
	t.Parallel()
	s := village()
	s.Layer("Forbid\x1b[31mden \u202etown").Tags("tag1").ExportRefused(400, "Export is\nnot enabled\a")
	s.Layer(strings.Repeat("語🌳", 60)).Tags("tag1")
	p := arcgistest.Start(s)
	t.Cleanup(p.Close)
	for _, screen := range []struct{ columns, lines uint16 }{{120, 40}, {80, 24}, {41, 7}} {
		t.Run(fmt.Sprintf("%dx%d", screen.columns, screen.lines), func(t *testing.T) {
			t.Parallel()
			tty, read := openTerminal(t, screen.columns, screen.lines, io.Discard)
			code := program(t.Context(), []string{
				"run", "--portal", p.URL, "--trusted-hosts", p.TrustedHosts()[0], "--to", t.TempDir(),
				"--secret-file", "-", "--backup-tags", "tag1", "--date-format", "seen", "--max-retries", "0",
			}, streams{strings.NewReader(string(p.Secret())), tty, tty})
			must(t, tty.Close())
			text := read()
			if code != exitSome {
				t.Errorf("mapkeep run on a terminal ended with %d, want %d", code, exitSome)
			}
			looksWell(t, text, int(screen.columns))
			if t.Failed() {
				t.Logf("it wrote %q", text)
			}
		})
	}
}

// How much of a large file has come is seen while it comes.
func TestLiveViewOfALargeFile(t *testing.T) {
	t.Parallel()
	s := village()
	sight := &sight{of: "32.0 MiB of 48.0 MiB  Aerial", seen: make(chan struct{})}
	s.File("Aerial.pdf", "PDF").Bulk(48<<20).HoldsRanges(32<<20, sight.seen).Tags("aerial")
	p := arcgistest.Start(s)
	t.Cleanup(p.Close)
	tty, read := openTerminal(t, 80, 24, sight)
	code := program(t.Context(), []string{
		"run", "--portal", p.URL, "--trusted-hosts", p.TrustedHosts()[0], "--to", t.TempDir(),
		"--secret-file", "-", "--backup-tags", "aerial",
	}, streams{strings.NewReader(string(p.Secret())), tty, tty})
	must(t, tty.Close())
	if text := read(); code != exitWell || !strings.Contains(text, sight.of) {
		t.Errorf("mapkeep run ended with %d, want %d; it wrote %q", code, exitWell, text)
	}
}

// sight is a writer that closes seen once it was given of.
type sight struct {
	of   string
	seen chan struct{}
	text strings.Builder
	once sync.Once
}

func (s *sight) Write(b []byte) (int, error) {
	s.text.Write(b)
	if strings.Contains(s.text.String(), s.of) {
		s.once.Do(func() { close(s.seen) })
	}
	return len(b), nil
}

// redraw takes a picture of so many lines back.
var redraw = regexp.MustCompile(`\x1b\[([0-9]+)A\x1b\[J`)

// looksWell checks what a run wrote on a terminal.
func looksWell(t *testing.T, text string, columns int) {
	t.Helper()
	for _, want := range []string{"] FAILED Forbid\ufffd[31mden town (Feature Service): ", "Export is not enabled (400)", "4/5", "exporting ", "backup_seen: partial, 4 of 5 items"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	frames := redraw.Split(text, -1)
	for i, taken := range redraw.FindAllStringSubmatch(text, -1) {
		height, _ := strconv.Atoi(taken[1])
		lines := strings.Split(strings.TrimSuffix(frames[i], "\n"), "\n")
		for _, line := range lines[max(0, len(lines)-height):] {
			if n := cells(strings.Trim(line, "\r")); n >= columns {
				t.Errorf("a line of the picture takes %d cells of %d: %q", n, columns, line)
			}
		}
	}
	last := frames[len(frames)-1]
	if len(frames) < 2 || strings.Contains(last, "exporting ") {
		t.Errorf("the picture is still there at the end: %q", last)
	}
	rest := strings.ReplaceAll(redraw.ReplaceAllString(text, ""), "\x1b[K", "")
	if i := strings.IndexAny(rest, "\x1b\a\u202e"); i >= 0 {
		t.Errorf("it writes %q", rest[max(0, i-20):min(len(rest), i+20)])
	}
}

// openTerminal is a terminal of that size, and reads all that was written on
// it once it is closed; also is given it as it comes.
func openTerminal(t *testing.T, columns, lines uint16, also io.Writer) (tty *os.File, read func() string) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	must(t, err)
	t.Cleanup(func() { _ = keyboard.Close() })
	var number, unlocked uint32
	control(t, keyboard, syscall.TIOCSPTLCK, unsafe.Pointer(&unlocked))
	control(t, keyboard, syscall.TIOCGPTN, unsafe.Pointer(&number))
	control(t, keyboard, syscall.TIOCSWINSZ, unsafe.Pointer(&[4]uint16{lines, columns}))
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	must(t, err)
	written := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(io.TeeReader(keyboard, also)) // a terminal that closes is an error here
		written <- strings.ReplaceAll(string(text), "\r\n", "\n")
	}()
	return tty, func() string { return <-written }
}

func control(t *testing.T, f *os.File, request uintptr, argument unsafe.Pointer) {
	t.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(argument)); errno != 0 {
		t.Fatalf("ioctl %#x of the terminal: %v", request, errno)
	}
}
