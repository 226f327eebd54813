package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects/objectstest"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
)

func TestMain(m *testing.M) { objectstest.Main(m) }

func bucket(t *testing.T) *store.Store {
	t.Helper()
	s := objectstest.Start(t)
	return store.New(objectstest.Client(t, s), s.Bucket)
}

func bytesOf(n int) []byte {
	p := make([]byte, n)
	rand.NewChaCha8([32]byte{7}).Read(p) //nolint:errcheck // never fails
	return p
}

func must[T any](v T, err error) func(*testing.T, string) T {
	return func(t *testing.T, call string) T {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", call, err)
		}
		return v
	}
}

func put(t *testing.T, s *store.Store, key string, body []byte) {
	t.Helper()
	if err := s.Put(t.Context(), key, body, "text/plain"); err != nil {
		t.Fatalf("Put(%q): %v", key, err)
	}
}

func wantBody(t *testing.T, s *store.Store, key string, want []byte) {
	t.Helper()
	got, err := s.Get(t.Context(), key)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("Get(%q) = %d bytes, %v; want the %d bytes that were put", key, len(got), err, len(want))
	}
}

func wantMissing(t *testing.T, s *store.Store, key string) {
	t.Helper()
	if _, err := s.Get(t.Context(), key); !errors.Is(err, store.ErrMissing) {
		t.Errorf("Get(%q): %v, want ErrMissing", key, err)
	}
}

func TestReadWhatWasWritten(t *testing.T) {
	t.Parallel()
	s, ctx := bucket(t), t.Context()
	body := []byte("a map of the park")
	key := `maps/Trail + Map 100% & "more" #1?é日本_backup_.json`
	put(t, s, key, body)

	wantBody(t, s, key, body)
	head := must(s.Head(ctx, key))(t, "Head")
	if head.Size != int64(len(body)) || head.CRC64NVME != store.Sum(body) || head.ETag == "" || head.Modified.IsZero() {
		t.Errorf("Head(%q) = %+v, want %d bytes with CRC64NVME %s, an ETag and a date", key, head, len(body), store.Sum(body))
	}
	if got := must(s.Slice(ctx, key, 2, 3))(t, "Slice"); string(got) != "map" {
		t.Errorf("Slice(2, 3) = %q, want %q", got, "map")
	}
	for _, at := range []int64{10, 17, 100} {
		if got, err := s.Slice(ctx, key, at, 50); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("Slice(%d, 50) = %q, %v; want io.ErrUnexpectedEOF", at, got, err)
		}
	}
	r, o, err := s.Reader(ctx, key)
	if err != nil {
		t.Fatalf("Reader(%q): %v", key, err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); !bytes.Equal(got, body) || err != nil || o.Size != head.Size || o.CRC64NVME != head.CRC64NVME {
		t.Errorf("Reader(%q) = %q, %+v, %v; want %q and what Head said", key, got, o, err, body)
	}
}

func TestWhatIsMissingSaysSo(t *testing.T) {
	t.Parallel()
	s, ctx := bucket(t), t.Context()
	put(t, s, "there-too", []byte("x"))
	calls := map[string]func(string) error{
		"Get":    func(k string) error { _, err := s.Get(ctx, k); return err },
		"Slice":  func(k string) error { _, err := s.Slice(ctx, k, 0, 1); return err },
		"Reader": func(k string) error { _, _, err := s.Reader(ctx, k); return err },
		"Head":   func(k string) error { _, err := s.Head(ctx, k); return err },
		"Tags":   func(k string) error { _, err := s.Tags(ctx, k); return err },
		"Tag":    func(k string) error { return s.Tag(ctx, k, map[string]string{"a": "b"}) },
		"Copy":   func(k string) error { _, err := s.Copy(ctx, k, 1, "copy"); return err },
	}
	for name, call := range calls {
		err := call("there")
		if !errors.Is(err, store.ErrMissing) || fault.Of(err) != "" || !strings.Contains(err.Error(), "there") {
			t.Errorf("%s of a missing key: %v of kind %q, want ErrMissing without a kind, with the key", name, err, fault.Of(err))
		}
	}
	for key, want := range map[string]bool{"there": false, "there-too": true, "there-too-": false} {
		if got, err := s.Exists(ctx, key); got != want || err != nil {
			t.Errorf("Exists(%q) = %v, %v; want %v", key, got, err, want)
		}
	}
}

func TestCreateIsForOne(t *testing.T) {
	t.Parallel()
	s := bucket(t)
	var won atomic.Int32
	var g errgroup.Group
	for i := range 12 {
		g.Go(func() error {
			created, err := s.Create(t.Context(), "claim", fmt.Appendf(nil, `{"who": %d}`, i))
			if created {
				won.Add(1)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil || won.Load() != 1 {
		t.Errorf("12 times Create of one key: %d created it, %v; want 1 and no error", won.Load(), err)
	}
}

func TestListsAndFolders(t *testing.T) {
	t.Parallel()
	s, ctx := bucket(t), t.Context()
	var want []string
	var g errgroup.Group
	g.SetLimit(16)
	for i := range 1005 { // more than one page
		key := fmt.Sprintf("b/run-%02d/%04d.json", i%7, i)
		want = append(want, key)
		g.Go(func() error { return s.Put(ctx, key, []byte("x"), "") })
	}
	if err := g.Wait(); err != nil {
		t.Fatalf("Put: %v", err)
	}
	put(t, s, "b/manifest.json", []byte("x"))
	put(t, s, "c/other", []byte("x"))
	slices.Sort(want)
	var got []string
	for o, err := range s.List(ctx, "b/run-") {
		if err != nil || o.Size != 1 {
			t.Fatalf("List: %+v, %v", o, err)
		}
		got = append(got, o.Key)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("List(b/run-) differs (-want +got):\n%s", diff)
	}
	for range s.List(ctx, "b/") {
		break // a walk may end early
	}
	folders := must(s.Folders(ctx, "b/"))(t, "Folders")
	if diff := cmp.Diff([]string{"run-00", "run-01", "run-02", "run-03", "run-04", "run-05", "run-06"}, folders); diff != "" {
		t.Errorf("Folders(b/) differs (-want +got):\n%s", diff)
	}
	if none := must(s.Folders(ctx, "nothing/"))(t, "Folders"); len(none) != 0 {
		t.Errorf("Folders(nothing/) = %q, want none", none)
	}
}

func TestTagsAreReplacedAndNotCopied(t *testing.T) {
	t.Parallel()
	s, ctx := bucket(t), t.Context()
	from, to := "old/Trail + Map 100%_é #?.zip", "new/Trail + Map.zip"
	put(t, s, from, []byte("bytes"))
	for _, tags := range []map[string]string{{}, {"mapkeep": "expiring"}, {"mapkeep": "expired", "mapkeep-since": "2026-11-23T04:05:06Z"}} {
		if err := s.Tag(ctx, from, tags); err != nil {
			t.Fatalf("Tag(%v): %v", tags, err)
		}
		if diff := cmp.Diff(tags, must(s.Tags(ctx, from))(t, "Tags")); diff != "" {
			t.Errorf("Tags after Tag differ (-want +got):\n%s", diff)
		}
	}
	copied := must(s.Copy(ctx, from, 5, to))(t, "Copy")
	if copied.CRC64NVME != store.Sum([]byte("bytes")) || copied.Key != to {
		t.Errorf("Copy = %+v, want key %s and CRC64NVME %s", copied, to, store.Sum([]byte("bytes")))
	}
	wantBody(t, s, to, []byte("bytes"))
	if tags := must(s.Tags(ctx, to))(t, "Tags"); len(tags) != 0 {
		t.Errorf("Tags of the copy = %v, want none", tags)
	}
}

func TestALargeCopyIsMadeOfParts(t *testing.T) {
	t.Parallel()
	server, ctx := objectstest.Start(t), t.Context()
	client := objectstest.Client(t, server)
	s := store.New(client, server.Bucket)
	store.Small(s)
	body := bytesOf(13 << 20)
	// The source has a CRC32: with the copy's own kind of checksum the test's
	// server takes the whole source's for that of each part.
	_, err := client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &server.Bucket, Key: aws.String("old/large.zip"), Body: bytes.NewReader(body),
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	})
	if err != nil {
		t.Fatalf("PutObject: %v", err)
	}
	copied := must(store.CopyParts(ctx, s, "old/large.zip", "new/large.zip"))(t, "CopyParts")
	if copied.CRC64NVME != store.Sum(body) || copied.Size != int64(len(body)) {
		t.Errorf("Copy = %+v, want %d bytes with CRC64NVME %s", copied, len(body), store.Sum(body))
	}
	wantBody(t, s, "new/large.zip", body)
}

func TestUploadOfAnyLength(t *testing.T) {
	t.Parallel()
	s, ctx := bucket(t), t.Context()
	store.Small(s)
	for _, n := range []int{0, 1, 5<<20 - 1, 5 << 20, 5<<20 + 1, 10 << 20, 12 << 20} {
		key, body := fmt.Sprintf("log-%d.json", n), bytesOf(n)
		o, created, err := s.Upload(ctx, key, io.MultiReader(bytes.NewReader(body)), store.UploadOptions{IfNoneMatch: true})
		if err != nil || !created || o.Size != int64(n) || o.CRC64NVME != store.Sum(body) {
			t.Errorf("Upload of %d bytes = %+v, %v, %v; want it created with CRC64NVME %s", n, o, created, err, store.Sum(body))
		}
		_, created, err = s.Upload(ctx, key, strings.NewReader("another"), store.UploadOptions{IfNoneMatch: true})
		if created || err != nil {
			t.Errorf("Upload over %d bytes = %v, %v; want not created", n, created, err)
		}
		_, created, err = s.Upload(ctx, key, bytes.NewReader(bytesOf(6<<20)), store.UploadOptions{IfNoneMatch: true})
		if created || err != nil {
			t.Errorf("Upload in parts over %d bytes = %v, %v; want not created", n, created, err)
		}
		wantBody(t, s, key, body)
	}
}

func TestUploadWhoseReaderFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	s := bucket(t)
	store.Small(s)
	broken := errors.New("records could not be read")
	for _, n := range []int{10, 7 << 20} {
		r := io.MultiReader(bytes.NewReader(bytesOf(n)), failing{broken})
		_, created, err := s.Upload(t.Context(), "log.json", r, store.UploadOptions{})
		if created || !errors.Is(err, broken) || fault.Of(err) != "" {
			t.Errorf("Upload of a reader that fails after %d bytes = %v, %v of kind %q; want its error", n, created, err, fault.Of(err))
		}
		wantMissing(t, s, "log.json")
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestPartsBecomeVisibleOnlyWhenTheyAgree(t *testing.T) {
	t.Parallel()
	s, ctx := bucket(t), t.Context()
	first, second := bytesOf(5<<20), []byte("the last part")
	whole := append(slices.Clone(first), second...)
	upload := must(s.Begin(ctx, "a.zip", "application/zip"))(t, "Begin")
	must(s.Part(ctx, "a.zip", upload, 1, second))(t, "Part 1, to be sent again")
	p1 := must(s.Part(ctx, "a.zip", upload, 1, first))(t, "Part 1")
	p2 := must(s.Part(ctx, "a.zip", upload, 2, second))(t, "Part 2")
	parts := must(s.Parts(ctx, "a.zip", upload))(t, "Parts")
	if diff := cmp.Diff([]store.Part{p1, p2}, parts); diff != "" {
		t.Errorf("Parts differ from what Part said (-want +got):\n%s", diff)
	}
	size := int64(len(whole))
	if _, err := s.Complete(ctx, "a.zip", upload, parts, size, store.Sum(first)); err == nil {
		t.Error("Complete with a wrong CRC64NVME: no error")
	}
	if _, err := s.Complete(ctx, "a.zip", upload, parts, size+1, store.Sum(whole)); err == nil {
		t.Error("Complete with a wrong size: no error")
	}
	wantMissing(t, s, "a.zip")
	o := must(s.Complete(ctx, "a.zip", upload, parts, size, store.Sum(whole)))(t, "Complete")
	if o.CRC64NVME != store.Sum(whole) {
		t.Errorf("Complete = %+v, want CRC64NVME %s", o, store.Sum(whole))
	}
	wantBody(t, s, "a.zip", whole)
}

func TestAnUploadThatIsGone(t *testing.T) {
	t.Parallel()
	s, ctx := bucket(t), t.Context()
	upload := must(s.Begin(ctx, "a.zip", ""))(t, "Begin")
	p := must(s.Part(ctx, "a.zip", upload, 1, []byte("x")))(t, "Part")
	for range 2 {
		if err := s.Abort(ctx, "a.zip", upload); err != nil {
			t.Errorf("Abort: %v", err)
		}
	}
	_, partErr := s.Part(ctx, "a.zip", upload, 2, []byte("y"))
	_, listErr := s.Parts(ctx, "a.zip", upload)
	_, doneErr := s.Complete(ctx, "a.zip", upload, []store.Part{p}, 1, p.CRC64NVME)
	for call, err := range map[string]error{"Part": partErr, "Parts": listErr, "Complete": doneErr} {
		if !errors.Is(err, store.ErrNoUpload) {
			t.Errorf("%s after Abort: %v, want ErrNoUpload", call, err)
		}
	}
}

func TestProbeOfAGoodBucketLeavesItUsable(t *testing.T) {
	t.Parallel()
	s, ctx := bucket(t), t.Context()
	for range 2 { // fixed names: the second writes over the first
		if err := s.Probe(ctx, "maps/"); err != nil {
			t.Fatalf("Probe: %v", err)
		}
	}
	var left []string
	for o := range s.List(ctx, "") {
		left = append(left, o.Key)
	}
	if diff := cmp.Diff([]string{"maps/.mapkeep/runs/probe", "maps/.mapkeep/runs/probe-parts"}, left); diff != "" {
		t.Errorf("objects after Probe (-want +got):\n%s", diff)
	}
}

func TestTheEndOfTheContextIsNobodysFault(t *testing.T) {
	t.Parallel()
	s := bucket(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Get(ctx, "a"); !errors.Is(err, context.Canceled) || fault.Of(err) != "" {
		t.Errorf("Get with a cancelled context: %v of kind %q, want context.Canceled without a kind", err, fault.Of(err))
	}
}
