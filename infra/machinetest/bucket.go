package machinetest

import (
	"bytes"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/mapkeep/mapkeep/internal/store"
)

// A bucket is where a night's objects lie.
type bucket struct {
	Store  *store.Store // asks as nobody: no role, no trouble
	dir    string       // the objects as plain files
	config aws.Config
	strain *strain
	t      testing.TB

	stamped struct {
		sync.Mutex
		files map[string]time.Time
	}
}

func newBucket(t testing.TB) *bucket {
	t.Helper()
	s, name := startServer(t)
	cfg, err := s.Config(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// As many connections are kept as store.Open keeps.
	cfg.HTTPClient = cfg.HTTPClient.(*awshttp.BuildableClient).WithTransportOptions(func(tr *http.Transport) { tr.MaxIdleConnsPerHost = 64 })
	b := &bucket{t: t, dir: filepath.Join(s.Dir, "data", name), config: cfg, strain: &strain{}}
	client := b.client(cfg.HTTPClient)
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
		t.Fatalf("make bucket %s: %v", name, err)
	}
	b.Store = store.New(client, name)
	t.Cleanup(func() { os.RemoveAll(b.dir) }) //nolint:errcheck // the server's folder goes at the end
	return b
}

// client reaches the bucket over a wire of its own.
func (b *bucket) client(wire aws.HTTPClient) *s3.Client {
	return s3.NewFromConfig(b.config, func(o *s3.Options) {
		o.UsePathStyle = true
		o.HTTPClient = wire
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = time.Millisecond })
	})
}

// as is the bucket as a role of a stack with this backup_directory reaches it:
// what it needs is noted, and what is to go wrong goes wrong.
func (b *bucket) as(role, directory string) *store.Store {
	return store.New(b.client(wire{b.strain, role, directory, b.config.HTTPClient}), b.Store.Bucket())
}

// Keys are those of all objects that begin with prefix, in order.
func (b *bucket) Keys(prefix string) []string {
	keys := []string{}
	err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(b.dir, path)
		if d.IsDir() && strings.HasPrefix(rel, ".sgwtmp") {
			return filepath.SkipDir
		}
		if key := filepath.ToSlash(rel); !d.IsDir() && strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
		return err
	})
	if err != nil {
		b.t.Errorf("list %s: %v", b.dir, err)
	}
	slices.Sort(keys)
	return keys
}

// Object is the content of an object, nil where there is none.
func (b *bucket) Object(key string) []byte {
	body, err := os.ReadFile(b.file(key))
	if err != nil {
		return nil
	}
	return body
}

// Damage changes an object's bytes behind the store's back, as a bad disk
// does: the checksum that the store keeps stays that of the old ones.
func (b *bucket) Damage(key string, body []byte) {
	b.t.Helper()
	if err := os.WriteFile(b.file(key), body, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// Delete removes an object, as the lifecycle rule or a person does.
func (b *bucket) Delete(key string) {
	b.t.Helper()
	if err := os.Remove(b.file(key)); err != nil {
		b.t.Fatal(err)
	}
	for dir := filepath.Dir(b.file(key)); dir != b.dir && os.Remove(dir) == nil; {
		dir = filepath.Dir(dir) // a folder without objects is none
	}
}

// Put writes an object that isn't ours.
func (b *bucket) Put(key, body string) {
	b.t.Helper()
	if err := b.Store.Put(b.t.Context(), key, []byte(body), "text/plain"); err != nil {
		b.t.Fatal(err)
	}
}

// Mark is the mapkeep tag of an object, "" where it has none.
func (b *bucket) Mark(key string) string {
	b.t.Helper()
	tags, err := b.Store.Tags(b.t.Context(), key)
	if err != nil {
		b.t.Fatalf("tags of %s: %v", key, err)
	}
	return tags["mapkeep"]
}

// Holding are the keys of objects that hold any of the texts.
func (b *bucket) Holding(texts ...string) []string {
	var found []string
	for _, key := range b.Keys("") {
		body := b.Object(key)
		if slices.ContainsFunc(texts, func(text string) bool { return bytes.Contains(body, []byte(text)) }) {
			found = append(found, key)
		}
	}
	return found
}

// Uploads are the keys of uploads in parts that nobody has ended.
func (b *bucket) Uploads() []string {
	b.t.Helper()
	name := b.Store.Bucket()
	out, err := b.client(b.config.HTTPClient).ListMultipartUploads(b.t.Context(), &s3.ListMultipartUploadsInput{Bucket: &name})
	if err != nil {
		b.t.Fatalf("list the uploads in %s: %v", name, err)
	}
	var keys []string
	for _, upload := range out.Uploads {
		keys = append(keys, aws.ToString(upload.Key))
	}
	return keys
}

func (b *bucket) file(key string) string { return filepath.Join(b.dir, filepath.FromSlash(key)) }

// stamp dates all objects that are new since the last stamp: the server
// writes them with the real time, and the night has its own. To the
// microsecond: Windows keeps no nanoseconds, and a date that does not come back
// as it was set is one of a new object.
func (b *bucket) stamp(now time.Time) {
	now = now.Truncate(time.Microsecond)
	b.stamped.Lock()
	defer b.stamped.Unlock()
	if b.stamped.files == nil {
		b.stamped.files = map[string]time.Time{}
	}
	for _, key := range b.Keys("") {
		info, err := os.Stat(b.file(key))
		if err != nil || info.ModTime().Equal(b.stamped.files[key]) {
			continue // one that was replaced or deleted just now is dated the next time
		}
		if os.Chtimes(b.file(key), now, now) == nil {
			b.stamped.files[key] = now
		}
	}
}

// size is an object's length.
func (b *bucket) size(key string) int64 {
	b.t.Helper()
	object, err := b.Store.Head(b.t.Context(), key)
	if err != nil {
		b.t.Errorf("Head(%q): %v", key, err)
	}
	return object.Size
}
