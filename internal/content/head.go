package content

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"slices"
)

// A finding is what the first bytes show.
type finding struct {
	kind  string
	least int64 // bytes that a whole file of this kind has at least, by its own header
}

const (
	plainKind  = ""
	zipKind    = "zip"
	sevenKind  = "7z"
	oleKind    = "ole" // Office before 2007, and later documents with a password
	sqliteKind = "sqlite"
	pdfKind    = "pdf"
	imageKind  = "image"
	jsonKind   = "json"
)

// promises are the kinds that a file's name leaves open; names that say
// nothing sure are not here. Service definitions come as zip and as 7z.
var promises = map[string][]string{
	"zip": {zipKind}, "slpk": {zipKind}, "vtpk": {zipKind}, "tpkx": {zipKind}, "kmz": {zipKind},
	"sd":   {zipKind, sevenKind},
	"docx": {zipKind, oleKind}, "xlsx": {zipKind, oleKind}, "pptx": {zipKind, oleKind},
	"gpkg": {sqliteKind}, "pdf": {pdfKind},
	"png": {imageKind}, "jpg": {imageKind}, "jpeg": {imageKind},
}

// judge looks at the first bytes; whole says that they are all.
func (c Check) judge(head []byte, whole bool) (finding, error) {
	if whole {
		if err := portalError(head); err != nil {
			return finding{}, err
		}
	}
	if isPage(head) && !slices.Contains([]string{"html", "htm", "xhtml"}, c.extension()) {
		return finding{}, refuse("the portal gave a web page instead of %s", c.thing())
	}
	find := recognise(head)
	switch c.expect {
	case anExport:
		return c.judgeExport(head, find)
	case someText:
		return finding{kind: jsonKind}, nil
	case aFile:
		promised := promises[c.extension()]
		if len(promised) > 0 && !slices.Contains(promised, find.kind) {
			return finding{}, refuse("the file's name ends in .%s, but its bytes are something else", c.extension())
		}
	}
	return find, nil
}

// magics are the first bytes of kinds of file.
var magics = []struct{ kind, begins string }{
	{zipKind, "PK\x03\x04"}, {zipKind, "PK\x05\x06"}, {zipKind, "PK\x07\x08"},
	{sevenKind, "7z\xbc\xaf\x27\x1c"},
	{oleKind, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"},
	{sqliteKind, "SQLite format 3\x00"},
	{imageKind, "\x89PNG\r\n\x1a\n"}, {imageKind, "\xff\xd8\xff"}, {imageKind, "GIF8"}, {imageKind, "BM"},
	{imageKind, "II*\x00"}, {imageKind, "MM\x00*"}, {imageKind, "RIFF"}, {imageKind, "\x00\x00\x00\x0cjP  "},
}

func recognise(head []byte) finding {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.begins)) {
			return finding{m.kind, least(m.kind, head)}
		}
	}
	if bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF")) { // readers look that far
		return finding{kind: pdfKind}
	}
	return finding{}
}

// least is the length that a file's own header promises: where a 7z archive
// has its directory, and the pages of a database whose counters say that the
// page count is kept.
func least(kind string, head []byte) int64 {
	little, big := binary.LittleEndian, binary.BigEndian
	switch {
	case kind == sevenKind && len(head) >= 32:
		at, size := little.Uint64(head[12:]), little.Uint64(head[20:])
		if at < 1<<50 && size < 1<<50 {
			return 32 + int64(at+size)
		}
	case kind == sqliteKind && len(head) >= 100 && big.Uint32(head[24:]) == big.Uint32(head[92:]):
		page := int64(big.Uint16(head[16:]))
		if page == 1 { // the format's way to write 65536
			page = 1 << 16
		}
		return page * int64(big.Uint32(head[28:]))
	}
	return 0
}

var bom = []byte("\xef\xbb\xbf")

// page is the beginning of a web page: white space, comments and an XML line
// may stand before it.
var page = regexp.MustCompile(`(?is)^\s*(<\?xml[^>]*\?>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html)[\s>]`)

func isPage(head []byte) bool { return page.Match(bytes.TrimPrefix(head, bom)) }
