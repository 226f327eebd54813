package catalog_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
)

func TestManifestIsReadBack(t *testing.T) {
	t.Parallel()
	n := theNight(t)
	manifest := n.manifest(t)
	want := catalog.NewHeader(n.run, n.listing, backup.RunPartial, finished)

	var order, ids, keys []string
	head, err := catalog.ReadManifest(bytes.NewReader(manifest), catalog.Visitor{
		Header: func(h catalog.Header) error { order = append(order, h.Folder); return nil },
		Item: func(id string, i catalog.Item) error {
			order, ids = append(order, "item"), append(ids, fmt.Sprint(id, " ", i.Title, " ", i.Success))
			return nil
		},
		File: func(f backup.File, at, length int64) error {
			order, keys = append(order, "file"), append(keys, f.Key)
			alone, err := catalog.ReadFile(manifest[at : at+length])
			if err != nil {
				t.Errorf("ReadFile of %s, bytes %d+%d: %v", f.Key, at, length, err)
			}
			if diff := cmp.Diff(f, alone); diff != "" {
				t.Errorf("ReadFile of %s, bytes %d+%d (-visited +alone):\n%s", f.Key, at, length, diff)
			}
			return nil
		},
	})
	if err != nil {
		t.Fatalf("ReadManifest: %v", err)
	}
	if !head.Started.Equal(want.Started) || head.Org != want.Org || head.Selection.BackupExcludeItems == nil {
		t.Errorf("ReadManifest: header %+v, want %+v", head, want)
	}
	if got := strings.Join(order, " "); got != "backup_2026-11-23-2 item item item item item file file file file file file" {
		t.Errorf("ReadManifest told %s", got)
	}
	if len(ids) != 5 || ids[3] != "00000000000000000000000000000004 Hydrants false" {
		t.Errorf("ReadManifest: items %q", ids)
	}
	if keys[5] != "backup_2026-11-23-2.json" {
		t.Errorf("ReadManifest: files %q", keys)
	}
}

func TestManifestOfNoItems(t *testing.T) {
	t.Parallel()
	n := theNight(t)
	n.found = nil
	manifest := n.manifest(t)
	items := 0
	_, err := catalog.ReadManifest(bytes.NewReader(manifest), catalog.Visitor{
		Item: func(string, catalog.Item) error { items++; return nil },
	})
	if err != nil || items != 0 || !bytes.Contains(manifest, []byte(`"items": {},`)) {
		t.Errorf("ReadManifest: %d items, %v, of\n%s", items, err, manifest)
	}
}

func TestReadHeaderReadsNoFurther(t *testing.T) {
	t.Parallel()
	whole := theNight(t).manifest(t)
	upToItems := whole[:bytes.Index(whole, []byte(`"items"`))+len(`"items": {`)]
	broken := io.MultiReader(bytes.NewReader(upToItems), errReader{errors.New("read too far")})
	head, err := catalog.ReadHeader(broken)
	if err != nil || head.Run != "20261123T013000Z-5e0c9a11" {
		t.Errorf("ReadHeader = %+v, %v", head, err)
	}
}

func TestCallbacksEndTheReading(t *testing.T) {
	t.Parallel()
	manifest := theNight(t).manifest(t)
	mine := errors.New("mine")
	for end, want := range map[error]error{catalog.ErrStop: nil, mine: mine} {
		told := 0
		_, err := catalog.ReadManifest(bytes.NewReader(manifest), catalog.Visitor{
			Item: func(string, catalog.Item) error { told++; return end },
		})
		if !errors.Is(err, want) || told != 1 {
			t.Errorf("ReadManifest, callback says %v: %d items told, error %v", end, told, err)
		}
	}
}

func TestCutManifestIsRefused(t *testing.T) {
	t.Parallel()
	whole := bytes.TrimSpace(theNight(t).manifest(t))
	for length := 0; length < len(whole); length += 7 {
		_, err := catalog.ReadManifest(bytes.NewReader(whole[:length]), catalog.Visitor{})
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("ReadManifest of the first %d of %d bytes: error %v, want unexpected EOF", length, len(whole), err)
		}
	}
}

func TestStoreErrorsStayInside(t *testing.T) {
	t.Parallel()
	lost := errors.New("connection lost")
	whole := theNight(t).manifest(t)
	_, err := catalog.ReadManifest(io.MultiReader(bytes.NewReader(whole[:900]), errReader{lost}), catalog.Visitor{})
	if !errors.Is(err, lost) {
		t.Errorf("ReadManifest: %v, want one that holds %v", err, lost)
	}
}

func TestWrongManifestIsRefused(t *testing.T) {
	t.Parallel()
	const head = `{"version":1,"run":"r","folder":"f","status":"complete","started":"2026-11-23T01:30:00Z",`
	const file = `{"key":"a","item":null,"size":1,"crc64nvme":"","chunk":4,"sha256":["00"]}`
	for name, test := range map[string]struct{ manifest, says string }{
		"newer version":     {`{"version":2,"run":7}`, "version 2 of the manifest is not known to this program, which knows version 1"},
		"no version":        {`{"run":"r"}`, "doesn't begin with a version"},
		"nothing inside":    {`{}`, "no list of files"},
		"no object":         {`[]`, "in place of {"},
		"no JSON":           {"<html>", "invalid character"},
		"header alone":      {head + `"org":"o"}`, "no list of files"},
		"no run":            {`{"version":1,"items":{},"files":[]}`, "run, folder or start is missing"},
		"failed":            {strings.Replace(head, "complete", "failed", 1) + `"items":{},"files":[]}`, `status "failed"`},
		"files first":       {head + `"files":[],"items":{}}`, `"files" is out of its place`},
		"items twice":       {head + `"items":{},"items":{},"files":[]}`, `"items" is out of its place`},
		"header behind":     {head + `"items":{},"files":[],"org":"o"}`, `"org" comes after the items`},
		"items a list":      {head + `"items":[],"files":[]}`, "in place of {"},
		"items null":        {head + `"items":null,"files":[]}`, "in place of {"},
		"item a number":     {head + `"items":{"a":1},"files":[]}`, `item "a"`},
		"something behind":  {head + `"items":{},"files":[]} {}`, "something follows"},
		"climbing key":      {head + `"items":{},"files":[` + strings.Replace(file, `"a"`, `"../a"`, 1) + `]}`, `"../a": not a key inside its folder`},
		"rooted key":        {head + `"items":{},"files":[` + strings.Replace(file, `"a"`, `"/a"`, 1) + `]}`, `"/a": not a key inside its folder`},
		"file null":         {head + `"items":{},"files":[null]}`, "not a key inside its folder"},
		"negative size":     {head + `"items":{},"files":[` + strings.Replace(file, `:1,`, `:-1,`, 1) + `]}`, "size -1"},
		"too few hashes":    {head + `"items":{},"files":[` + strings.Replace(file, `:1,`, `:5,`, 1) + `]}`, "1 hashes for 5 bytes"},
		"size not a number": {head + `"items":{},"files":[` + strings.Replace(file, `:1,`, `:"1",`, 1) + `]}`, "size"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := catalog.ReadManifest(strings.NewReader(test.manifest), catalog.Visitor{})
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("ReadManifest(%s): error %v, want one that says %q", test.manifest, err, test.says)
			}
		})
	}
	for _, good := range []string{
		head + `"later":{"a":[1,{"b":null}]},"items":{},"files":[` + file + `],"more":[[]]}` + "\n",
		head + `"items":{},"files":[` + strings.Replace(file, `"00"`, ``, 1) + `]}`,
	} {
		if _, err := catalog.ReadManifest(strings.NewReader(good), catalog.Visitor{}); err != nil {
			t.Errorf("ReadManifest(%s): %v", good, err)
		}
	}
}

func TestManifestIsNotWritten(t *testing.T) {
	t.Parallel()
	n := theNight(t)
	lost := errors.New("record lost")
	fail := func(yield func(backup.Record, error) bool) { yield(backup.Record{}, lost) }
	one := func(f backup.File) iter.Seq2[backup.File, error] {
		return func(yield func(backup.File, error) bool) { yield(f, nil) }
	}
	for name, test := range map[string]struct {
		status  string
		records iter.Seq2[backup.Record, error]
		files   iter.Seq2[backup.File, error]
		says    string
	}{
		"failed run":     {backup.RunFailed, n.records(), catalog.Files(n.run.Directory, n.records()), `status "failed"`},
		"lost record":    {backup.RunPartial, fail, catalog.Files(n.run.Directory, n.records()), "record lost"},
		"lost later":     {backup.RunPartial, n.records(), catalog.Files(n.run.Directory, fail), "record lost"},
		"foreign object": {backup.RunPartial, n.records(), catalog.Files("gis/backup_2026-11-23", n.records()), "lies outside"},
		"hashes missing": {backup.RunPartial, n.records(), one(backup.File{Key: "a", Size: 9, Chunk: 4, SHA256: []string{"00"}}), "1 hashes for 9 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			head := catalog.NewHeader(n.run, n.listing, test.status, finished)
			err := catalog.WriteManifest(io.Discard, head, test.records, test.files)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("WriteManifest: error %v, want one that says %q", err, test.says)
			}
		})
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }
