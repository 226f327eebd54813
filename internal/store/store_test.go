package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

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

func TestALargeCopyIsMadeOfParts(t *testing.T) {
	t.Parallel()
	server, ctx := objectstest.Start(t), t.Context()
	client := objectstest.Client(t, server)
	s := store.New(client, server.Bucket)
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
	source := must(s.Head(ctx, "old/large.zip"))(t, "Head")
	upload := must(s.BeginCopy(ctx, source.Key, "new/large.zip"))(t, "BeginCopy")
	var parts []store.Part
	for at, step := int64(0), int64(5<<20); at < source.Size; at += step {
		n := int32(len(parts) + 1)
		parts = append(parts, must(s.CopyPart(ctx, source.Key, source.ETag, "new/large.zip", upload, n, at, min(step, source.Size-at)))(t, "CopyPart"))
	}
	if _, err := s.CopyPart(ctx, source.Key, `"another"`, "new/large.zip", upload, 4, 0, 1); !errors.Is(err, store.ErrReplaced) {
		t.Errorf("CopyPart of another object: %v, want ErrReplaced", err)
	}
	if _, err := s.CopyPart(ctx, "old/none.zip", source.ETag, "new/large.zip", upload, 4, 0, 1); !errors.Is(err, store.ErrMissing) {
		t.Errorf("CopyPart of nothing: %v, want ErrMissing", err)
	}
	copied := must(s.Complete(ctx, "new/large.zip", upload, parts, source.Size, store.Sum(body)))(t, "Complete")
	if copied.CRC64NVME != store.Sum(body) || copied.Size != int64(len(body)) {
		t.Errorf("Complete of copied parts = %+v, want %d bytes with CRC64NVME %s", copied, len(body), store.Sum(body))
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
