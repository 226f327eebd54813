//go:build localstack

package runs_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep/internal/store"
)

// An object is one of a bucket.
type object struct {
	key  string
	body []byte
	crc  string // as the bucket says it
	tags map[string]string
}

// read reads all objects of a bucket.
func read(ctx context.Context, s *store.Store) ([]object, error) {
	var out []object
	for listed, err := range s.List(ctx, "") {
		if err != nil {
			return nil, err
		}
		o := object{key: listed.Key}
		if o.body, err = s.Get(ctx, o.key); err != nil {
			return nil, err
		}
		head, err := s.Head(ctx, o.key)
		if err != nil {
			return nil, err
		}
		if o.crc = head.CRC64NVME; head.Size != int64(len(o.body)) || listed.Size != head.Size {
			return nil, fmt.Errorf("%s has %d bytes, and the bucket says %d and %d", o.key, len(o.body), listed.Size, head.Size)
		}
		if o.tags, err = s.Tags(ctx, o.key); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// ours reports whether we wrote it about a run: working files, log, manifest.
func (o object) ours() bool {
	folder, name := path.Split(o.key)
	return strings.HasPrefix(o.key, ".mapkeep/") || name == "manifest.json" || name == path.Base(folder)+".json"
}

// description reports whether it is an item's own description, which holds
// the portal's address.
func (o object) description() bool { return strings.HasSuffix(o.key, ".item.json") }

// chunk is how many bytes a manifest has a SHA-256 for.
const chunk = 16 << 20

func (o object) chunks() []string {
	var out []string
	for part := range slices.Chunk(o.body, chunk) {
		sum := sha256.Sum256(part)
		out = append(out, hex.EncodeToString(sum[:]))
	}
	return out
}

// object notes what an object is: documents of ours by what they say, all
// others by their bytes.
func (f facts) object(o object, w *words) {
	group, key := "backups", w.plain(o.key)
	switch {
	case strings.HasPrefix(o.key, ".mapkeep/"):
		group = "working files"
	case strings.HasSuffix(o.key, "/manifest.json"):
		group = "manifest"
	case o.ours():
		group = "log"
	}
	var tags []string
	for _, name := range slices.Sorted(maps.Keys(o.tags)) {
		tags = append(tags, name+"="+w.plain(o.tags[name]))
	}
	f.note(group, key+" tags", strings.Join(tags, " "))
	switch {
	case o.ours() || o.description():
		f.flatten(group, key, o.body, w)
	default:
		f.note(group, key+" bytes", fmt.Sprintf("%d, crc64nvme %s, sha256 %v", len(o.body), o.crc, o.chunks()))
	}
}
