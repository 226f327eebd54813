package content_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/fault"
)

// judge shows body to a check, size bytes at a time, and puts the watch away
// as JSON and takes it up again before the byte resume, 0 for never.
func judge(c content.Check, body []byte, said int64, step, resume int) error {
	w := c.Start()
	for at := 0; at < len(body); at += step {
		if resume > 0 && at <= resume && resume < at+step {
			text, err := json.Marshal(w.State())
			if err != nil {
				return err
			}
			var s content.State
			if err := json.Unmarshal(text, &s); err != nil {
				return err
			}
			w = c.Resume(s)
		}
		if _, err := w.Write(body[at:min(at+step, len(body))]); err != nil {
			return err
		}
	}
	return w.Finish(said, func(at, n int64) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(body[at:][:n])), nil
	})
}

// zipped is a zip of files: name and content in turns.
func zipped(files ...string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: files[i], Method: zip.Store})
		if err != nil {
			panic(err)
		}
		io.WriteString(f, files[i+1]) //nolint:errcheck // a buffer takes everything
	}
	w.Close() //nolint:errcheck // as above
	return b.String()
}

var (
	gdb     = zipped("parks.gdb/a00000001.gdbtable", "rows", "parks.gdb/gdb", "x")
	page    = "\xef\xbb\xbf \r\n<!-- portal --><!DOCTYPE html><html><body>Sign in</body></html>"
	noData  = `{"error":{"code":500,"messageCode":"CONT_0004","message":"Item does not have a file.","details":[]}}`
	notHere = `{"error":{"code":400,"messageCode":"CONT_0001","message":"Item does not exist or is inaccessible.","details":null}}`
	sqlite  = sqliteOf(2)
	seven   = sevenOf(40)
)

// sqliteOf is a database of n pages of 512 bytes.
func sqliteOf(n int) string {
	p := make([]byte, 512*n)
	copy(p, "SQLite format 3\x00")
	binary.BigEndian.PutUint16(p[16:], 512)
	binary.BigEndian.PutUint32(p[28:], uint32(n))
	return string(p)
}

// sevenOf is a 7z archive whose directory ends after n bytes.
func sevenOf(n int) string {
	p := make([]byte, n)
	copy(p, "7z\xbc\xaf\x27\x1c")
	binary.LittleEndian.PutUint64(p[12:], uint64(n-32-4))
	binary.LittleEndian.PutUint64(p[20:], 4)
	return string(p)
}

const invalid = fault.ContentInvalid

func TestWhatMayBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		check content.Check
		body  string
		kind  fault.Kind // "" is good
		words string
	}{
		{"a geodatabase", content.Export("File Geodatabase"), gdb, "", ""},
		{"a geodatabase by backslashes", content.Export("File Geodatabase"), zipped(`P.gdb\a1.gdbtable`, "rows"), "", ""},
		{"a geodatabase in a folder", content.Export("File Geodatabase"), zipped("x/P.GDB/a1.GDBTABLE", "rows"), "", ""},
		{"an empty table", content.Export("File Geodatabase"), zipped("parks.gdb/a1.gdbtable", ""), invalid, "the export's zip holds no File Geodatabase"},
		{"a table outside", content.Export("File Geodatabase"), zipped("a1.gdbtable", "rows"), invalid, "holds no File Geodatabase"},
		{"no entries", content.Export("File Geodatabase"), zipped(), invalid, "holds no File Geodatabase"},
		{"an export that is no zip", content.Export("File Geodatabase"), "abc", invalid, "the export is no File Geodatabase"},
		{"a shapefile", content.Export("shapefile"), zipped("a/Parks.shp", "x", "a/Parks.dbf", "x"), "", ""},
		{"shapes without attributes", content.Export("Shapefile"), zipped("a.shp", "x", "b.dbf", "x"), invalid, "holds no Shapefile"},
		{"csv", content.Export("CSV"), "id,name\n1,park\n", "", ""},
		{"csv collection", content.Export("CSV"), zipped("a.csv", "x"), "", ""},
		{"csv that is binary", content.Export("CSV"), "id\x00name", invalid, "the export is no CSV file"},
		{"csv zip without csv", content.Export("CSV"), zipped("a.txt", "x"), invalid, "holds no CSV file"},
		{"geojson", content.Export("GeoJson"), `{"type":"FeatureCollection","features":[]}`, "", ""},
		{"geojson zip", content.Export("GeoJson"), zipped("a.geojson", "{}"), "", ""},
		{"geojson cut short", content.Export("GeoJson"), `{"type":"FeatureCollection","features":[`, invalid, "the export is not whole"},
		{"kml", content.Export("KML"), `<?xml version="1.0"?><kml></kml>`, "", ""},
		{"kmz", content.Export("KML"), zipped("doc.kml", "<kml/>"), "", ""},
		{"xlsx", content.Export("Excel"), zipped("[Content_Types].xml", "x", "xl/workbook.xml", "x"), "", ""},
		{"xls", content.Export("Excel"), "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "", ""},
		{"geopackage", content.Export("geoPackage"), sqlite, "", ""},
		{"geopackage cut short", content.Export("geoPackage"), sqlite[:700], invalid, "cut short: it has 700 of at least 1024"},
		{"feature collection", content.Export("Feature Collection"), `{"layers":[]}`, "", ""},
		{"scene package", content.Export("Scene Package"), zipped("metadata.json", "{}"), "", ""},
		{"scene package of a readme", content.Export("Scene Package"), zipped("README.txt", "sorry", "nodes/", ""), invalid, "holds no scene package"},
		{"a format nobody knows", content.Export("Parquet"), "PAR1", "", ""},
		{"a format nobody knows in an empty zip", content.Export("Parquet"), zipped(), invalid, "holds no data"},

		{"an export that is a page", content.Export("CSV"), page, invalid, "the portal gave a web page instead of the export"},
		{"a file that is a page", content.File("a.bin"), page, invalid, "the portal gave a web page instead of the file"},
		{"an XHTML page", content.File(""), `<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html>`, invalid, "web page instead of the file"},
		{"a page by name", content.File("story.HTML"), page, "", ""},
		{"html as text", content.Text(), "<html>", invalid, "web page instead of the item's JSON"},
		{"an xml file", content.File("a.xml"), `<?xml version="1.0"?><htmlish/>`, "", ""},

		{"a zip", content.File("a.ZIP"), gdb, "", ""},
		{"an empty zip", content.File("a.zip"), zipped(), "", ""},
		{"a zip that is none", content.File("a.zip"), "abc", invalid, "ends in .zip, but its bytes are something else"},
		{"a zip cut short", content.File("a.zip"), gdb[:len(gdb)-30], invalid, "damaged or cut short: it has no end record"},
		{"a zip by content cut short", content.File("addin.esriaddinx"), gdb[:len(gdb)-30], invalid, "cut short"},
		{"a zip with a comment", content.File("a.zip"), commented(gdb, "made by hand"), "", ""},
		{"a zip with something in front", content.File("a.exe"), "MZ" + gdb, "", ""},
		{"a zip after zeros", content.File("a.zip"), "PK\x03\x04 in front" + gdb, "", ""},
		{"a zip of several files", content.File("a.zip"), patched(gdb, -18, 3), "", ""},
		{"a zip with an entry less", content.File("a.zip"), patched(gdb, -12, 1), invalid, "says 1 entries and lists 2"},
		{"a zip with an entry outside", content.File("a.zip"), patched(gdb, entryOf(gdb)+22, 0xff), invalid, "lie outside"},
		{"a zip with a broken directory", content.File("a.zip"), patched(gdb, entryOf(gdb), 0), invalid, "directory holds something else"},
		{"a document", content.File("a.docx"), zipped("word/document.xml", "x"), "", ""},
		{"a document with a password", content.File("a.docx"), "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "", ""},
		{"a service definition in 7z", content.File("a.sd"), seven, "", ""},
		{"a service definition cut short", content.File("a.sd"), seven[:35], invalid, "cut short: it has 35 of at least 40"},
		{"a pdf", content.File("a.pdf"), "\n%PDF-1.7", "", ""},
		{"a pdf that is none", content.File("a.pdf"), "PK", invalid, ".pdf"},
		{"a jpg that is a png", content.File("a.jpg"), "\x89PNG\r\n\x1a\n", "", ""},
		{"a png that is text", content.File("a.png"), "png", invalid, ".png"},
		{"a name without promise", content.File("a.lpkx"), "anything", "", ""},
		{"no name", content.File(""), "anything", "", ""},
		{"unknown zip", content.File(""), gdb, "", ""},
		{"unknown zip cut short", content.File(""), gdb[:len(gdb)-5], invalid, "the file: its zip is damaged"},
		{"unknown JSON that is none", content.File(""), "{", "", ""},

		{"text", content.Text(), ` {"a":[1,-0.5e+3,true,null,"\u00e9\n"],"b":{}} `, "", ""},
		{"text with a mark", content.Text(), "\xef\xbb\xbf{}", "", ""},
		{"text with raw controls", content.Text(), "{\"a\":\"tab\there\x01\"}", "", ""},
		{"text by Python", content.Text(), "[NaN, -Infinity, Infinity]", "", ""},
		{"a bare word", content.Text(), "null", "", ""},
		{"text cut short", content.Text(), `{"a":"b`, invalid, "the item's JSON is not whole: its JSON ends too early"},
		{"text twice", content.Text(), `{}{}`, invalid, "byte 2 is not"},
		{"blank text", content.Text(), "  \n", invalid, "it holds nothing"},

		{"an item without data", content.File("a.zip"), noData, invalid, "Item does not have a file."},
		{"an item that is gone", content.Text(), notHere, invalid, "400 CONT_0001"},
		{"an expired token", content.File(""), `{"error":{"code":498,"message":"Invalid token.","details":[]}}`, fault.TokenRejected, "498"},
		{"throttled", content.Text(), `{"error":{"code":429,"message":"Too many requests.","details":"Retry after 60 sec."},"success":false}`, fault.PortalUnavailable, "Retry after 60"},
		{"a time-out", content.File("a.json"), `{"error":{"code":504,"message":"Your request has timed out."}}`, fault.PortalUnavailable, "timed out"},
		{"an error without a code", content.Text(), `{"error":{"message":"no"},"itemId":"1"}`, invalid, "no"},
		{"an item's own error", content.Text(), `{"error":{"code":1,"message":"m"},"widgets":[]}`, "", ""},
		{"an item's own word", content.Text(), `{"error":"none"}`, "", ""},
		{"nothing", content.File("a.txt"), "", invalid, "the file is empty"},
	} {
		for _, step := range []int{1 << 20, 1, 7} {
			for _, resume := range []int{0, len(c.body) / 2} {
				err := judge(c.check, []byte(c.body), -1, step, resume)
				if fault.Of(err) != c.kind || err != nil && !strings.Contains(err.Error(), c.words) {
					t.Errorf("%s, by %d, put away at %d: %v of kind %q; want kind %q and the words %q",
						c.name, step, resume, err, fault.Of(err), c.kind, c.words)
				}
			}
		}
	}
}

// commented is a zip with a comment at its end.
func commented(z, comment string) string {
	b := []byte(z + comment)
	binary.LittleEndian.PutUint16(b[len(z)-2:], uint16(len(comment)))
	return string(b)
}

// patched sets a byte, counted from the end where at is negative.
func patched(z string, at int, b byte) string {
	p := []byte(z)
	if at < 0 {
		at += len(p)
	}
	p[at] = b
	return string(p)
}

// entryOf is where the zip's directory begins.
func entryOf(z string) int { return strings.Index(z, "PK\x01\x02") }

func TestNoBytes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		check content.Check
		said  int64
		good  bool
	}{
		{content.File("a.txt"), 0, true}, {content.Text(), 0, true}, {content.File(""), 0, true},
		{content.File("a.txt"), -1, false}, {content.File("a.txt"), 5, false}, {content.Export("CSV"), 0, false},
	} {
		err := judge(c.check, nil, c.said, 1, 0)
		if (err == nil) != c.good || !c.good && !errors.Is(err, content.ErrNoData) {
			t.Errorf("%+v without bytes where the portal says %d: %v, want good %v, else ErrNoData", c.check, c.said, err, c.good)
		}
	}
	if err := judge(content.File("a"), []byte(noData), -1, 1, 0); !errors.Is(err, content.ErrNoData) {
		t.Errorf("the portal's word that there are no data: %v, want ErrNoData", err)
	}
	var said *content.PortalError
	if err := judge(content.File("a"), []byte(notHere), -1, 1, 0); !errors.As(err, &said) || said.Code != 400 || errors.Is(err, content.ErrNoData) {
		t.Errorf("the portal's error: %v, want a PortalError of code 400 that is not ErrNoData", err)
	}
}

// A directory larger than the tail is looked at again; so is one that was
// seen before the watch was put away.
func TestADirectoryThatTheTailDoesNotHold(t *testing.T) {
	t.Parallel()
	var files []string
	for i := range 30_000 {
		files = append(files, fmt.Sprintf("tiles/level/of/%05d/%s.bin", i, strings.Repeat("x", 20)), "")
	}
	body := []byte(zipped(append(files, "parks.gdb/a1.gdbtable", "rows")...))
	check := content.Export("File Geodatabase")
	for _, resume := range []int{0, len(body) / 2, len(body) - 1} {
		if err := judge(check, body, -1, 64<<10, resume); err != nil {
			t.Errorf("a zip of 30,001 entries, put away at %d: %v", resume, err)
		}
	}
	broken := errors.New("the source is gone")
	w := check.Start()
	if _, err := w.Write(body); err != nil {
		t.Fatalf("Write: %v", err)
	}
	err := w.Finish(-1, func(at, n int64) (io.ReadCloser, error) { return nil, broken })
	if !errors.Is(err, broken) || fault.Of(err) != "" {
		t.Errorf("Finish with a source that fails: %v of kind %q, want its own error", err, fault.Of(err))
	}
}

// More than 65,535 entries, and numbers above 32 bits, need zip64 records.
func TestZip64(t *testing.T) {
	t.Parallel()
	var files []string
	for i := range 70_000 {
		files = append(files, fmt.Sprintf("%05d", i), "")
	}
	body := zipped(append(files, "a.csv", "x")...)
	if err := judge(content.Export("CSV"), []byte(body), -1, 1<<20, 0); err != nil {
		t.Errorf("a zip of 70,001 entries: %v", err)
	}
	if err := judge(content.Export("CSV"), []byte("PK\x03\x04 in front"+body), -1, 1<<20, 0); err != nil {
		t.Errorf("a zip of 70,001 entries with something in front: %v", err)
	}
	end := strings.LastIndex(body, "PK\x06\x06")
	less := patched(body, end+32, body[end+32]-1)
	if err := judge(content.Export("CSV"), []byte(less), -1, 1<<20, 0); !fault.Is(err, invalid) {
		t.Errorf("a zip64 that says an entry less: %v, want ContentInvalid", err)
	}
	gone := strings.Replace(body, "PK\x06\x06", "xxxx", 1)
	if err := judge(content.Export("CSV"), []byte(gone), -1, 1<<20, 0); !fault.Is(err, invalid) {
		t.Errorf("a zip64 without its end record: %v, want ContentInvalid", err)
	}
}

// A verdict that the first bytes allow does not wait for the last.
func TestAPageIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	w := content.Export("CSV").Start()
	if _, err := w.Write([]byte(page + strings.Repeat(" ", 64<<10))); !fault.Is(err, invalid) {
		t.Errorf("Write of a long page: %v, want ContentInvalid", err)
	}
	w = content.Text().Start()
	if _, err := w.Write([]byte(`{"a":x` + strings.Repeat(" ", 64<<10))); !fault.Is(err, invalid) {
		t.Errorf("Write of long JSON with an error: %v, want ContentInvalid", err)
	}
}
