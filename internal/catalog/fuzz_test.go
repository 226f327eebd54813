package catalog_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
)

// FuzzReadManifest: whatever the bytes, no panic; and each file told lies
// where it was said to lie.
func FuzzReadManifest(f *testing.F) {
	f.Add(theNight(f).manifest(f))
	f.Add([]byte(`{"version":1,"run":"r","folder":"f","status":"complete","started":"2026-11-23T01:30:00Z","items":{"a":{}},"files":[ {"key":"a","chunk":1} , {"key":"b","chunk":1}]}`))
	f.Fuzz(func(t *testing.T, manifest []byte) {
		_, err := catalog.ReadManifest(bytes.NewReader(manifest), catalog.Visitor{
			File: func(told backup.File, at, length int64) error {
				alone, err := catalog.ReadFile(manifest[at : at+length])
				if diff := cmp.Diff(told, alone); err != nil || diff != "" {
					t.Errorf("ReadFile of bytes %d+%d: %v (-told +alone):\n%s", at, length, err, diff)
				}
				return nil
			},
		})
		if head, again := catalog.ReadHeader(bytes.NewReader(manifest)); err == nil && again != nil {
			t.Errorf("ReadHeader = %+v, %v of a manifest that ReadManifest takes", head, again)
		}
	})
}

func FuzzReadLog(f *testing.F) {
	f.Add(theNight(f).log(f))
	f.Fuzz(func(_ *testing.T, log []byte) {
		_, items, err := catalog.ReadLog(bytes.NewReader(log))
		if err != nil {
			return
		}
		for range items {
		}
	})
}
