package arcgistest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"time"
)

// Item is one item of a scenario. Its methods describe it and say what goes
// wrong with it; each returns the item, so that they read as a sentence.
// After Start the portal has a copy of its own.
type Item struct {
	// ID is the item's id, 32 hex digits, the same in every run.
	ID string

	title, name, kind, owner, folder string
	access, url, snippet, thumbnail  string
	tags, keywords                   []string
	created, modified                time.Time
	protected                        bool
	hosted                           bool
	layers                           []sublayer
	source                           string // id of the layer that a view shows
	bulk                             int64
	body                             body
	resources                        []resource
	script                           script
}

// sublayer is a layer or a table of a service.
type sublayer struct {
	id    int
	name  string
	rows  int
	table bool
	// features names whose features of which edition are meant; "" until shown.
	features string
}

// body is what lies behind an item's /data.
type body struct {
	text  []byte // JSON text, given inline
	bytes []byte // a file's bytes, or
	size  int64  // the length of a made file
	file  bool
}

// birth is when the first item of a scenario was made; each further one is
// an hour younger, so that sorting by created has no ties.
var birth = time.Date(2024, 3, 1, 6, 0, 0, 0, time.UTC)

func newItem(n int, title, kind string) *Item {
	sum := sha256.Sum256(fmt.Appendf(nil, "item %d %s", n, title))
	at := birth.Add(time.Duration(n) * time.Hour)
	return &Item{ID: hex.EncodeToString(sum[:16]), title: title, kind: kind, owner: Admin, access: "private",
		created: at, modified: at.Add(30 * time.Minute)}
}

// Tags sets the item's tags, in the item's order.
func (i *Item) Tags(tags ...string) *Item { i.tags = tags; return i }

// Owner gives the item to a user; without it the administrator owns it.
func (i *Item) Owner(user string) *Item { i.owner = user; return i }

// Folder puts the item into a folder of its owner.
func (i *Item) Folder(title string) *Item { i.folder = title; return i }

// Access sets who sees the item besides owner and administrator: private
// (the default), shared, org or public.
func (i *Item) Access(access string) *Item { i.access = access; return i }

// Snippet sets the item's summary.
func (i *Item) Snippet(text string) *Item { i.snippet = text; return i }

// Keywords adds type keywords.
func (i *Item) Keywords(words ...string) *Item { i.keywords = append(i.keywords, words...); return i }

// Kind changes the item's type, also to one that nobody has heard of.
func (i *Item) Kind(kind string) *Item { i.kind = kind; return i }

// As sets the item's id.
func (i *Item) As(id string) *Item { i.ID = id; return i }

// Filename sets the name of the item's file where it isn't the title's.
func (i *Item) Filename(name string) *Item { i.name = name; return i }

// Created sets the time of creation, and of the last change.
func (i *Item) Created(at time.Time) *Item { i.created, i.modified = at, at; return i }

// Protected turns delete protection on.
func (i *Item) Protected() *Item { i.protected = true; return i }

// Rows sets the number of features of every layer.
func (i *Item) Rows(n int) *Item {
	for k := range i.layers {
		i.layers[k].rows = n
	}
	return i
}

// Sublayer adds a layer; the first call replaces the one layer that every
// service begins with. Ids may have gaps.
func (i *Item) Sublayer(id int, name string, rows int) *Item {
	return i.add(sublayer{id: id, name: name, rows: rows})
}

// Table adds a table, as Sublayer adds a layer.
func (i *Item) Table(id int, name string, rows int) *Item {
	return i.add(sublayer{id: id, name: name, rows: rows, table: true})
}

func (i *Item) add(l sublayer) *Item {
	if len(i.layers) == 1 && i.layers[0].id == 0 && i.layers[0].name == i.title {
		i.layers = nil
	}
	i.layers = append(i.layers, l)
	return i
}

// Bulk makes every export of the item about n bytes larger, and the file of
// a file item n bytes long.
func (i *Item) Bulk(n int64) *Item {
	if i.body.file {
		i.body.bytes, i.body.size = nil, n
	} else {
		i.bulk = n
	}
	return i
}

// Bytes sets the content of a file item.
func (i *Item) Bytes(b []byte) *Item { i.body.bytes, i.body.size = b, int64(len(b)); return i }

// filename is the item's name, as the portal derives it from the title.
func (i *Item) filename() any {
	switch {
	case i.name != "":
		return i.name
	case i.body.file:
		return i.title
	}
	return nil
}

// content is the item's file at an edition, nil where it has none.
func (i *Item) content(edition int) *Content {
	switch {
	case i.body.text != nil:
		return literal(i.body.text)
	case !i.body.file:
		return nil
	case i.body.bytes != nil:
		return literal(i.body.bytes)
	}
	mark := fmt.Sprintf("%s/%d", i.ID, edition)
	name, _ := i.filename().(string)
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".zip", ".slpk", ".vtpk", ".tpk", ".tpkx", ".mpkx", ".ppkx", ".lpkx", ".sd", ".docx", ".xlsx", ".pptx", ".esriaddinx":
		return zipped(mark, file{"content.bin", hiss(max(i.body.size-140, 0), mark)})
	case ".pdf":
		return join(mark, strings.NewReader("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), hiss(max(i.body.size-15, 0), mark))
	case ".png":
		return join(mark, strings.NewReader("\x89PNG\r\n\x1a\n"), hiss(max(i.body.size-8, 0), mark))
	}
	return join(mark, hiss(i.body.size, mark))
}
