package arcgis_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/fault"
)

func TestDataWholeAndInParts(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	file := s.File("Rules.pdf", "PDF").Bulk(300_000)
	p := start(t, s)
	data := client(t, p).Data(file.ID)
	want := p.Content(file.ID).Bytes()

	b, err := data.Open(t.Context(), 0, "")
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
	if b.Size != int64(len(want)) || b.From != 0 || b.ETag == "" || b.Ranges {
		t.Errorf("Open(0) = %+v, want size %d and a mark of the whole", b, len(want))
	}
	var got []byte
	for _, n := range []int64{100_000, 1, 150_000, 100_000} {
		from := int64(len(got))
		b, err := data.Part(t.Context(), from, n, b.ETag)
		if err != nil {
			t.Fatalf("Part(%d, %d): %v", from, n, err)
		}
		part, err := io.ReadAll(b)
		b.Close()
		if err != nil || b.From != from || b.Size != int64(len(want)) || !b.Ranges {
			t.Errorf("Part(%d, %d) = %+v, %d bytes, %v", from, n, b, len(part), err)
		}
		got = append(got, part...)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the parts are %d bytes, want the %d of the whole", len(got), len(want))
	}
	if asked, links := p.Count(arcgistest.Data, file.ID), p.Count(arcgistest.Download, file.ID); asked != 1 || links != 5 {
		t.Errorf("5 answers took %d questions to the portal and %d to the file host, want 1 and 5", asked, links)
	}
	p.Advance(time.Hour) // the signed address is dead by now
	rest, err := data.Open(t.Context(), 100_000, b.ETag)
	if err != nil {
		t.Fatal(err)
	}
	defer rest.Close()
	tail, err := io.ReadAll(rest)
	if err != nil || rest.From != 100_000 || rest.Size != int64(len(want)) || !rest.Ranges || !bytes.Equal(tail, want[100_000:]) {
		t.Errorf("Open(100000) = %+v, %d bytes, %v", rest, len(tail), err)
	}
	if asked := p.Count(arcgistest.Data, file.ID); asked != 2 {
		t.Errorf("after the address died the portal was asked %d times in all, want 2", asked)
	}
}

func TestDataChanged(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	file := s.File("Rules.pdf", "PDF").Bulk(3000)
	p := start(t, s)
	data := client(t, p).Data(file.ID)
	b, err := data.Open(t.Context(), 0, "")
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
	p.ReplaceFile(file.ID, bytes.Repeat([]byte("new"), 1000))
	_, err = data.Open(t.Context(), 1000, b.ETag)
	wantKind(t, "Open() of a file that changed", err, fault.ChangedWhileRead)
	_, err = data.Open(t.Context(), 3001, "")
	wantKind(t, "Open() beyond the end", err, fault.ChangedWhileRead)
}

func TestDataOfAllSorts(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	ownError := `{"error":{"code":400,"message":"a widget's own"},"widgets":[]}`
	items := map[string]*arcgistest.Item{
		"text":              s.Text("Map", "Web Map", `{"version":"2.31"}`),
		"a key error":       s.Text("Odd", "Dashboard", ownError),
		"a string error":    s.Text("Odder", "Dashboard", `{"error":"none"}`),
		"a long object":     s.Text("Long", "Dashboard", `{"x":"`+strings.Repeat("y", 200_000)+`"}`),
		"without ranges":    s.File("a.pdf", "PDF").NoRanges(),
		"without a length":  s.File("b.pdf", "PDF").NoLength(),
		"not a byte":        s.File("c.pdf", "PDF").Empty(),
		"a page of sign-in": s.File("d.pdf", "PDF").HTMLInstead(),
	}
	p := start(t, s)
	c := client(t, p)
	for name, item := range items {
		b, err := c.Data(item.ID).Open(t.Context(), 0, "")
		if err != nil {
			t.Errorf("%s: Open() = %v", name, err)
			continue
		}
		got, err := io.ReadAll(b)
		b.Close()
		if err != nil || b.Size >= 0 && b.Size != int64(len(got)) {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), b.Size, err)
		}
		if name == "not a byte" && len(got) > 0 {
			t.Errorf("%s: %d bytes", name, len(got))
		}
		if name != "a page of sign-in" && name != "not a byte" && !bytes.Equal(got, p.Content(item.ID).Bytes()) {
			t.Errorf("%s: %d bytes, want %d others", name, len(got), p.Content(item.ID).Size())
		}
	}
	b, err := c.Data(items["without ranges"].ID).Open(t.Context(), 1000, "")
	if err != nil || b.From != 0 || b.Ranges {
		t.Errorf("Open(1000) of a source without ranges = %+v, %v, want it from 0", b, err)
	}
}

func TestDataRefused(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	items := map[string]*arcgistest.Item{
		"none as CONT_0004": s.Link("a", "Web Map", "https://a.example").NoDataError(500, "CONT_0004", "Unable to read the item."),
		"none in words":     s.Link("b", "Web Map", "https://a.example").NoDataError(500, "", "Item does not have a file."),
		"an error as bytes": s.File("c.pdf", "PDF").ErrorJSONInstead(),
		"throttled":         s.File("d.pdf", "PDF").Throttled(1),
		"slow down":         s.File("e.pdf", "PDF").SlowDown503(1),
		"gone":              s.File("f.pdf", "PDF").GoneAfterListing(),
	}
	c := client(t, start(t, s))
	for name, item := range items {
		_, err := c.Data(item.ID).Open(t.Context(), 0, "")
		var throttled *arcgis.Throttled
		switch name {
		case "none as CONT_0004", "none in words":
			if !errors.Is(err, arcgis.ErrNoData) {
				t.Errorf("%s: Open() = %v, want ErrNoData", name, err)
			}
		case "an error as bytes":
			if !errors.As(err, new(*arcgis.Error)) {
				t.Errorf("%s: Open() = %v, want an *Error", name, err)
			}
		case "throttled":
			if !errors.As(err, &throttled) || throttled.After != time.Minute {
				t.Errorf("%s: Open() = %v, want a pause of a minute", name, err)
			}
		case "slow down":
			if !errors.As(err, &throttled) || throttled.After > time.Minute || throttled.After < time.Second {
				t.Errorf("%s: Open() = %v, want a pause of seconds", name, err)
			}
		case "gone":
			wantKind(t, name, err, fault.ItemGone)
		}
	}
}

func TestDataEmptyAnswerIsNoData(t *testing.T) {
	t.Parallel()
	b, err := serve(t, saying(200, "")).Data("a1").Open(t.Context(), 0, "")
	if err != nil || b.Size != 0 {
		t.Fatalf("Open() = %+v, %v, want a body of size 0", b, err)
	}
	if n, err := b.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("Read() = %d, %v, want the end", n, err)
	}
}

// cutting sends part of what it announces and breaks the connection.
func cutting(header string, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprintf(buf, "HTTP/1.1 200 OK\r\n%s\r\n\r\n%s", header, body)
		buf.Flush()
	}
}

func TestDataCut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, header, body string }{
		{"length", "Content-Length: 100", "%PDF-1.7"},
		{"length, like an object", "Content-Length: 100", `{"error":{"code":498,"message":"x"}}`},
		{"long", "Content-Length: 1000000", "%PDF-1.7"},
		{"chunks", "Transfer-Encoding: chunked", "8\r\n%PDF-1.7\r\n"},
	} {
		b, err := serve(t, cutting(test.header, test.body)).Data("a1").Open(t.Context(), 0, "")
		if err == nil {
			_, err = io.ReadAll(b)
			b.Close()
		}
		wantKind(t, test.name, err, fault.PortalUnavailable)
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v, want io.ErrUnexpectedEOF inside", test.name, err)
		}
	}
}

func TestDataSilence(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		io.WriteString(w, "%PDF-1.7")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}, func(o *arcgis.Options) { o.Patience = 50 * time.Millisecond })
	b, err := c.Data("a1").Open(t.Context(), 0, "")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	got, err := io.ReadAll(b)
	wantKind(t, "reading a body that falls silent", err, fault.PortalUnavailable)
	if string(got) != "%PDF-1.7" {
		t.Errorf("%q came before the silence", got)
	}
}

// What a server may answer to "from byte 5 on, of the data marked X", and to
// "five bytes from there".
func TestDataRanges(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		n      int64
		status int
		header []string
		kind   fault.Kind // "" for a body
		from   int64
	}{
		{"as asked", -1, 206, []string{"Content-Range", "bytes 5-9/10", "ETag", `"X"`}, "", 5},
		{"size unknown", -1, 206, []string{"Content-Range", "bytes 5-9/*"}, "", 5},
		{"whole", -1, 200, []string{"ETag", `"X"`}, "", 0},
		{"another place", -1, 206, []string{"Content-Range", "bytes 0-4/10"}, fault.PortalUnavailable, 0},
		{"too little", -1, 206, []string{"Content-Range", "bytes 5-9/11"}, fault.PortalUnavailable, 0},
		{"another length", -1, 206, []string{"Content-Range", "bytes 5-8/9"}, fault.PortalUnavailable, 0},
		{"backwards", -1, 206, []string{"Content-Range", "bytes 5-3/4"}, fault.PortalUnavailable, 0},
		{"no place", -1, 206, nil, fault.PortalUnavailable, 0},
		{"other data", -1, 206, []string{"Content-Range", "bytes 5-9/10", "ETag", `"Y"`}, fault.ChangedWhileRead, 0},
		{"precondition", -1, 412, nil, fault.ChangedWhileRead, 0},
		{"encoded", -1, 206, []string{"Content-Range", "bytes 5-9/10", "Content-Encoding", "gzip"}, fault.ContentInvalid, 0},
		{"a part in the middle", 5, 206, []string{"Content-Range", "bytes 5-9/20", "ETag", `"X"`}, "", 5},
		{"a part at the end", 5, 206, []string{"Content-Range", "bytes 5-9/10"}, "", 5},
		{"the last bytes", 9, 206, []string{"Content-Range", "bytes 5-9/10"}, "", 5},
		{"the last bytes of who knows how many", 9, 206, []string{"Content-Range", "bytes 5-9/*"}, "", 5},
		{"whole for a part", 5, 200, []string{"ETag", `"X"`}, "", 0},
		{"more than a part", 4, 206, []string{"Content-Range", "bytes 5-9/20"}, fault.PortalUnavailable, 0},
		{"less than a part", 9, 206, []string{"Content-Range", "bytes 5-9/20"}, fault.PortalUnavailable, 0},
		{"beyond the end", 5, 206, []string{"Content-Range", "bytes 5-9/8"}, fault.PortalUnavailable, 0},
		{"a part of other data", 5, 206, []string{"Content-Range", "bytes 5-9/20", "ETag", `"Y"`}, fault.ChangedWhileRead, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ask := "bytes=5-"
			if test.n > 0 {
				ask = fmt.Sprintf("bytes=5-%d", 5+test.n-1)
			}
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Range") != ask || r.Header.Get("If-Range") != `"X"` || r.Header.Get("Accept-Encoding") != "identity" || r.URL.RawQuery != "" {
					t.Errorf("asked %s with %v, want %s", r.RequestURI, r.Header, ask)
				}
				saying(test.status, "fghij", test.header...)(w, r)
			})
			b, err := c.Data("a1").Part(t.Context(), 5, test.n, `"X"`)
			if test.kind != "" {
				wantKind(t, "Part(5)", err, test.kind)
				return
			}
			if err != nil || b.From != test.from || b.Ranges != (test.from > 0) {
				t.Fatalf("Part(5) = %+v, %v, want from %d", b, err, test.from)
			}
			defer b.Close()
			if got, err := io.ReadAll(b); string(got) != "fghij" || err != nil {
				t.Errorf("read %q, %v", got, err)
			}
		})
	}
}

// Data are marked by the time of their last change where there is no tag; a
// file host and the portal are asked for them in different words.
func TestDataMarkedByTime(t *testing.T) {
	t.Parallel()
	const changed = "Mon, 23 Nov 2026 04:05:06 GMT"
	for _, linked := range []bool{false, true} {
		want := map[bool]string{false: "If-Range", true: "If-Unmodified-Since"}[linked]
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case linked && strings.HasSuffix(r.URL.Path, "/data"):
				saying(302, "", "Location", "/store/x")(w, r)
			case r.Header.Get("Range") == "bytes=0-1":
				saying(206, "ab", "Content-Range", "bytes 0-1/4", "Last-Modified", changed)(w, r)
			case r.Header.Get(want) != changed:
				t.Errorf("asked with %v, want %s", r.Header, want)
				fallthrough
			default:
				saying(206, "cd", "Content-Range", "bytes 2-3/4", "Last-Modified", changed)(w, r)
			}
		})
		data := c.Data("a1")
		head, err := data.Part(t.Context(), 0, 2, "")
		if err != nil || head.ETag != changed || !head.Ranges || head.Size != 4 {
			t.Fatalf("Part(0, 2) = %+v, %v, want a part of 4 bytes marked %s", head, err, changed)
		}
		head.Close()
		rest, err := data.Part(t.Context(), 2, 2, head.ETag)
		if err != nil || rest.From != 2 || !rest.Ranges {
			t.Fatalf("Part(2, 2) = %+v, %v", rest, err)
		}
		rest.Close()
	}
}

// There is no first byte to give of data without bytes; then they are asked
// for whole.
func TestDataWithoutBytesInParts(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	file := s.File("Empty.txt", "Document Link").Empty()
	b, err := client(t, start(t, s)).Data(file.ID).Part(t.Context(), 0, 100, "")
	if err != nil || b.Size != 0 || b.Ranges {
		t.Fatalf("Part(0, 100) of no bytes = %+v, %v, want a whole body of size 0", b, err)
	}
	b.Close()
}

func TestDataName(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		`attachment; filename="Trail Map.zip"`:     "Trail Map.zip",
		`attachment; filename="..\..\evil/x.zip"`:  "x.zip",
		`attachment; filename=".."`:                "",
		`attachment; filename*=UTF-8''Stra%C3%9Fe`: "Straße",
		`nonsense; ;`: "",
		``:            "",
	} {
		b, err := serve(t, saying(200, "x", "Content-Disposition", header)).Data("a1").Open(t.Context(), 0, "")
		if err != nil || b.Name != want {
			t.Errorf("name by %q: %+v, %v, want %q", header, b, err, want)
		}
	}
}

// A signed address that is refused is asked for anew, once.
func TestDataExpiredAddress(t *testing.T) {
	t.Parallel()
	for refusals, want := range map[int64]fault.Kind{1: "", 2: fault.PortalUnavailable} {
		var asked, refused atomic.Int64
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/data") {
				asked.Add(1)
				w.Header().Set("Location", "/store/x?X-Amz-Signature=5ecret")
				w.WriteHeader(302)
				return
			}
			if refused.Add(1) <= refusals {
				saying(403, `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>`)(w, r)
				return
			}
			fmt.Fprint(w, "%PDF")
		})
		_, err := c.Data("a1").Open(t.Context(), 0, "")
		if got := fault.Of(err); got != want || asked.Load() != 2 {
			t.Errorf("%d refusals: Open() = %v after %d askings, want kind %q after 2", refusals, err, asked.Load(), want)
		}
		if err != nil && (strings.Contains(err.Error(), "5ecret") || !strings.Contains(err.Error(), "Request has expired")) {
			t.Errorf("Open() = %v", err)
		}
	}
}

func TestResourceBytes(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	style := s.File("Night.zip", "Code Attachment").Bulk(1000)
	for i := range 205 {
		style.Resource(fmt.Sprintf("icons/%d.png", i), 10)
	}
	bare := s.File("Bare.zip", "Code Attachment").Bulk(1000)
	c := client(t, start(t, s))
	for id, want := range map[string]int64{style.ID: 2050, bare.ID: 0} {
		if got, err := c.ResourceBytes(t.Context(), id); err != nil || got != want {
			t.Errorf("ResourceBytes(%s) = %d, %v; want %d", id, got, err, want)
		}
	}
}
