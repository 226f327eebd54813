package arcgistest_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

func TestData(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().User("rosa", "r", "org_user")
	text := s.Text("Map", "Web Map", `{"error":{"code":1},"a":2}`)
	link := s.Link("Link", "Document Link", "https://x.example/")
	wms := s.Link("WMS", "WMS", "https://x.example/").NoDataError(500, "CONT_0004", "Item data does not exist.")
	tiles := s.Tiles("Tiles")
	page := s.File("a.pdf", "PDF").HTMLInstead().Times(1)
	failing := s.File("b.pdf", "PDF").ErrorJSONInstead()
	unreadable := s.File("c.pdf", "PDF").Unreadable()
	gone := s.File("d.pdf", "PDF").Tags("backup").GoneAfterListing()
	p, c := start(t, s)
	for _, tc := range []struct {
		id, want string
		code     int
	}{
		{text.ID, `{"error":{"code":1},"a":2}`, 1}, {link.ID, "Item does not have a file.", 500}, {wms.ID, "CONT_0004", 500}, {tiles.ID, "", 0},
		{page.ID, "<html>", 0}, {failing.ID, "Internal server error", 500}, {unreadable.ID, "GWM_0003", 403}, {gone.ID, "CONT_0001", 400}, {"none", "CONT_0001", 400},
	} {
		got := c.get("/content/items/" + tc.id + "/data")
		if got.status != 200 || !strings.Contains(got.body, tc.want) || got.code() != tc.code {
			t.Errorf("/data of %s: got %d %s, want code %d and %q in HTTP 200", tc.id, got.status, got.body, tc.code, tc.want)
		}
	}
	if _, got := c.download(page.ID); !bytes.Equal(got, p.Content(page.ID).Bytes()) {
		t.Errorf("after one page instead: got %d other bytes, want the file", len(got))
	}
	if got := c.must(c.get("/search", "q", "tags:backup"))["total"]; got != 1.0 {
		t.Errorf("search for an item that is gone: got %v hits, want 1", got)
	}
	c.token = ""
	if got := c.get("/content/items/" + text.ID + "/data").code(); got != 403 {
		t.Errorf("/data for nobody: got code %d, want 403", got)
	}
}

func TestFileHost(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	file := s.File("Budget 100%.pdf", "PDF").Bulk(10_000)
	p, c := start(t, s, arcgistest.WithClock(arcgistest.At(morning)))
	want := p.Content(file.ID).Bytes()
	res := c.do(http.MethodGet, "/content/items/"+file.ID+"/data", nil)
	c.read(res)
	link := res.Header.Get("Location")
	if !strings.HasPrefix(link, p.FilesURL) {
		t.Fatalf("/data: got %s to %s, want a redirect to the file host", res.Status, link)
	}
	get := func(method string, header ...string) (*http.Response, string) {
		res := c.do(method, link, nil, header...)
		return res, c.read(res).body
	}
	res, body := get(http.MethodGet)
	tag := res.Header.Get("ETag")
	if body != string(want) || res.ContentLength != 10_000 || res.Header.Get("Accept-Ranges") != "bytes" || tag == "" {
		t.Errorf("download: got %d bytes, length %d, header %v, want the file with its length, ranges and a tag", len(body), res.ContentLength, res.Header)
	}
	for _, tc := range []struct {
		header []string
		status int
		want   string
	}{
		{[]string{"Range", "bytes=0-0"}, 206, string(want[:1])},
		{[]string{"Range", "bytes=5000-"}, 206, string(want[5000:])},
		{[]string{"Range", "bytes=5000-5999", "If-Match", tag}, 206, string(want[5000:6000])},
		{[]string{"Range", "bytes=5000-5999", "If-Match", `"other"`}, 412, ""},
		{[]string{"Range", "bytes=5000-5999", "If-Range", `"other"`}, 200, string(want)},
		{[]string{"Range", "bytes=0-9,20-29"}, 200, string(want)},
		{[]string{"Range", "bytes=20000-"}, 416, ""},
		{[]string{"Authorization", "Bearer x"}, 400, "InvalidArgument"},
		{[]string{"X-Esri-Authorization", "Bearer x"}, 400, "InvalidArgument"},
	} {
		res, body := get(http.MethodGet, tc.header...)
		if res.StatusCode != tc.status || (res.StatusCode < 300 && body != tc.want) || !strings.Contains(body, tc.want) {
			t.Errorf("download with %q: got %d and %d bytes, want %d and %d", tc.header, res.StatusCode, len(body), tc.status, len(tc.want))
		}
	}
	if res, _ := get(http.MethodHead); res.StatusCode != 403 {
		t.Errorf("HEAD: got %s, want 403", res.Status)
	}
	p.ReplaceFile(file.ID, []byte("new"))
	if res, body := get(http.MethodGet); body != "new" || res.Header.Get("ETag") == tag {
		t.Errorf("download after a replacement: got %q with tag %s, want the new bytes and a new tag", body, res.Header.Get("ETag"))
	}
	p.Advance(301 * time.Second)
	if res, body := get(http.MethodGet); res.StatusCode != 403 || !strings.Contains(body, "Request has expired") {
		t.Errorf("an old link: got %d %s, want 403 in XML", res.StatusCode, body)
	}
	link = strings.Replace(link, "X-Amz-Expires=300", "X-Amz-Expires=99999", 1)
	if res, body := get(http.MethodGet); res.StatusCode != 403 || !strings.Contains(body, "SignatureDoesNotMatch") {
		t.Errorf("a changed link: got %d %s, want 403 in XML", res.StatusCode, body)
	}
	if got := p.Violations(); len(got) != 2 {
		t.Errorf("violations: got %q, want the two with credentials", got)
	}
}

func TestDamagedDownloads(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	size := int64(9000)
	for _, tc := range []struct {
		name   string
		item   *arcgistest.Item
		range_ bool
		status int
		bytes  int64 // -1 for a broken connection
		length int64
	}{
		{"empty", s.File("a.pdf", "PDF").Empty(), false, 200, 0, 0},
		{"truncated", s.File("b.pdf", "PDF").Bulk(size).Truncated(), false, 200, size * 2 / 3, size * 2 / 3},
		{"cut", s.File("c.pdf", "PDF").Bulk(size).CutDownloads(1), false, 200, -1, size},
		{"slow down", s.File("d.pdf", "PDF").SlowDown503(1), false, 503, 150, 150},
		{"no ranges", s.File("e.pdf", "PDF").Bulk(size).NoRanges(), true, 200, size, size},
		{"no length", s.File("f.pdf", "PDF").Bulk(size).NoLength(), true, 200, size, -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, c := start(t, s)
			res := c.do(http.MethodGet, "/content/items/"+tc.item.ID+"/data", nil)
			c.read(res)
			var header []string
			if tc.range_ {
				header = []string{"Range", "bytes=0-9"}
			}
			res = c.do(http.MethodGet, res.Header.Get("Location"), nil, header...)
			got := c.read(res)
			if res.StatusCode != tc.status || tc.status == 200 && res.ContentLength != tc.length {
				t.Errorf("got %d with length %d, want %d with %d", res.StatusCode, res.ContentLength, tc.status, tc.length)
			}
			if broken := got.status == -1; broken != (tc.bytes < 0) || tc.status == 200 && !broken && int64(len(got.body)) != tc.bytes {
				t.Errorf("got %d bytes, broken %v, want %d", len(got.body), broken, tc.bytes)
			}
		})
	}
}

func TestFileChangesBetweenRanges(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	file := s.File("a.pdf", "PDF").DataChangesBetweenRanges()
	layer := s.Layer("Trail Map").DataChangesBetweenRanges()
	_, c := start(t, s)
	for _, id := range []string{file.ID, c.export(layer.ID, "File Geodatabase", "copy")} {
		a, _ := c.download(id, "Range", "bytes=0-9")
		b, _ := c.download(id, "Range", "bytes=10-19")
		if a.StatusCode != 206 || a.Header.Get("ETag") == b.Header.Get("ETag") {
			t.Errorf("two ranges of %s: got %d and tags %s, %s, want other tags", id, a.StatusCode, a.Header.Get("ETag"), b.Header.Get("ETag"))
		}
	}
}

func TestContentOfFourGigabytesTakesNoRoom(t *testing.T) {
	t.Parallel()
	const size = 4<<30 + 12345
	s := arcgistest.NewScenario()
	file := s.File("Survey.pdf", "PDF").Bulk(size)
	p, c := start(t, s)
	content := p.Content(file.ID)
	if got := content.Size(); got != size {
		t.Fatalf("size: got %d, want %d", got, size)
	}
	res, got := c.download(file.ID, "Range", "bytes=4294967290-4294967309")
	want := make([]byte, 20)
	if _, err := content.ReadAt(want, 4294967290); err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 206 || !bytes.Equal(got, want) {
		t.Errorf("a range beyond 4 GiB: got %s %x, want %x", res.Status, got, want)
	}
}

func TestContentIsTheSameInWhateverPieces(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	layer := s.Layer("Trail Map").Rows(2000).Bulk(100_001)
	p, _ := start(t, s)
	content := p.Content(layer.ID)
	whole := content.Bytes()
	for _, n := range []int64{1, 3, 7, 64, 1000, 99_999} {
		for off := int64(0); off < content.Size(); off += n * 37 {
			piece := make([]byte, min(n, content.Size()-off))
			if _, err := content.ReadAt(piece, off); err != nil || !bytes.Equal(piece, whole[off:off+int64(len(piece))]) {
				t.Fatalf("%d bytes at %d: got %v and other bytes than the whole has there", n, off, err)
			}
		}
	}
}

func TestLargeArchivesAreZip64(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 4 GiB")
	}
	t.Parallel()
	s := arcgistest.NewScenario()
	layer := s.Layer("Imagery index").Bulk(4<<30+1).Sublayer(0, "First", 1).Sublayer(1, "Second", 1)
	p, _ := start(t, s)
	content := p.Content(layer.ID)
	z, err := zip.NewReader(content, content.Size())
	if err != nil {
		t.Fatalf("the archive of %d bytes: %v", content.Size(), err)
	}
	last := z.File[len(z.File)-1]
	r, err := last.Open()
	if err != nil {
		t.Fatalf("open %s: %v", last.Name, err)
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		t.Errorf("%s, which begins beyond 4 GiB: %v", last.Name, err)
	}
}

func TestGeodatabaseHoldsTheRows(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	layer := s.Layer("Road Network").Sublayer(0, "Streets", 3000).Sublayer(4, "None", 0).Table(5, "Inspections", 26).Bulk(5000)
	p, _ := start(t, s)
	content := p.Content(layer.ID)
	z, err := zip.NewReader(content, content.Size())
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(f.Name, ".gdb/")
		if files[name], err = io.ReadAll(r); err != nil {
			t.Fatalf("read %s: %v", f.Name, err)
		}
	}
	for _, name := range []string{"GDB_Items", "Streets_0", "None_4", "Inspections_5"} {
		if !bytes.Contains(files["a00000001.gdbtable"], []byte(name)) {
			t.Errorf("the catalog: want %s in it", name)
		}
	}
	for stem, want := range map[string]int{"a00000001": 11, "a00000004": 5, "a00000009": 3000, "a0000000a": 0, "a0000000b": 26} {
		rows, offsets := files[stem+".gdbtable"], files[stem+".gdbtablx"]
		if got := int(binary.LittleEndian.Uint32(rows[4:])); got != want {
			t.Errorf("%s: got %d rows, want %d", stem, got, want)
		}
		if got := binary.LittleEndian.Uint64(rows[24:]); got != uint64(len(rows)) {
			t.Errorf("%s says it is %d bytes long, want %d", stem, got, len(rows))
		}
		at := func(i int) int {
			return int(binary.LittleEndian.Uint32(offsets[16+5*i:])) | int(offsets[16+5*i+4])<<32
		}
		for i := range want - 1 {
			if length := int(binary.LittleEndian.Uint32(rows[at(i):])); at(i)+4+length != at(i+1) {
				t.Fatalf("%s row %d: got length %d at %d, want the next row at %d", stem, i, length, at(i), at(i+1))
			}
		}
	}
}
