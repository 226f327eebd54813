package transfer_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects/objectstest"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

func TestMain(m *testing.M) { objectstest.Main(m) }

const (
	key        = "b/backup_2026-11-23/parks/Trail Map_backup_1.zip"
	checkpoint = ".mapkeep/runs/1/transfers/1.json"
	chunk      = backup.Chunk
)

// place is a bucket and what a test wants to know of it.
type place struct {
	*store.Store
	client *s3.Client
}

func bucket(t testing.TB) place {
	t.Helper()
	s := objectstest.Start(t)
	client := objectstest.Client(t, s)
	return place{store.New(client, s.Bucket), client}
}

// uploads is how many uploads nobody completed or aborted.
func (p place) uploads(t *testing.T) int {
	t.Helper()
	bucket := p.Bucket()
	out, err := p.client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &bucket})
	if err != nil {
		t.Fatalf("ListMultipartUploads: %v", err)
	}
	return len(out.Uploads)
}

// endUploads aborts all uploads, as the bucket's lifecycle rule does.
func (p place) endUploads(t *testing.T) {
	t.Helper()
	bucket := p.Bucket()
	out, err := p.client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &bucket})
	if err != nil {
		t.Fatalf("ListMultipartUploads: %v", err)
	}
	for _, u := range out.Uploads {
		if err := p.Abort(t.Context(), *u.Key, *u.UploadId); err != nil {
			t.Fatalf("Abort: %v", err)
		}
	}
}

func (p place) nothing(t *testing.T) {
	t.Helper()
	if there, err := p.Exists(t.Context(), key); there || err != nil {
		t.Errorf("Exists(%q) = %v, %v; want nothing under the key", key, there, err)
	}
	if n := p.uploads(t); n != 0 {
		t.Errorf("%d uploads are left, want none", n)
	}
}

func (p place) job(w *web) transfer.Job {
	return transfer.Job{Source: w, Store: p.Store, Key: key, Checkpoint: checkpoint, Size: -1, Check: content.File("a.bin")}
}

// holds compares the object and what Move said of it with body.
func (p place) holds(t *testing.T, got transfer.Result, body []byte) {
	t.Helper()
	if diff := cmp.Diff(fileOf(body), got.File); diff != "" || !got.Whole {
		t.Errorf("Move: whole is %v, the file differs (-want +got):\n%s", got.Whole, diff)
	}
	if err := p.differs(t, body); err != nil {
		t.Errorf("the object %q: %v", key, err)
	}
	if n := p.uploads(t); n != 0 {
		t.Errorf("%d uploads are left, want none", n)
	}
}

// differs reads the object beside body. The SDK computes no checksum: that would
// take a third of this package's time under the race detector.
func (p place) differs(t *testing.T, body []byte) error {
	t.Helper()
	bucket, key := p.Bucket(), key
	out, err := p.client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &key}, func(o *s3.Options) {
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	})
	if err != nil {
		return err
	}
	defer out.Body.Close()
	buf := make([]byte, 1<<20)
	for at := 0; ; {
		n, err := out.Body.Read(buf)
		if !bytes.HasPrefix(body[at:], buf[:n]) {
			return fmt.Errorf("it is not the source's from about byte %d of %d on", at, len(body))
		}
		at += n
		switch {
		case err == io.EOF && at == len(body):
			return nil
		case err != nil:
			return fmt.Errorf("it ends after %d of %d bytes: %w", at, len(body), err)
		}
	}
}

// fileOf is what a record says of an object with these bytes.
func fileOf(body []byte) backup.File {
	f := backup.File{Key: key, Size: int64(len(body)), CRC64NVME: store.Sum(body), Chunk: chunk, SHA256: []string{}}
	for rest := body; len(rest) > 0; {
		n := min(len(rest), chunk)
		f.SHA256 = append(f.SHA256, sumOf(rest[:n]))
		rest = rest[n:]
	}
	return f
}

func sumOf(p []byte) string {
	sum := sha256.Sum256(p)
	return hex.EncodeToString(sum[:])
}

func move(t *testing.T, j transfer.Job) transfer.Result {
	t.Helper()
	r, err := transfer.Move(t.Context(), j)
	if err != nil {
		t.Fatalf("Move: %v", err)
	}
	return r
}

func wantKind(t *testing.T, j transfer.Job, kind fault.Kind, words string) transfer.Result {
	t.Helper()
	r, err := transfer.Move(t.Context(), j)
	if !fault.Is(err, kind) || !strings.Contains(err.Error(), words) || r.Whole {
		t.Errorf("Move = whole %v, %v of kind %q; want %s with %q", r.Whole, err, fault.Of(err), kind, words)
	}
	return r
}

// noise is made once: under the race detector that takes longer than moving it.
var noise = sync.OnceValue(func() []byte {
	p := make([]byte, 4*chunk)
	rand.NewChaCha8([32]byte{7}).Read(p) //nolint:errcheck // never fails
	return p
})

// bytesOf is n bytes to be read only.
func bytesOf(n int) []byte { return noise()[:n:n] }

func TestBytesOfEveryLength(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	for _, c := range []struct {
		n       int
		chunked bool // the server does not say the length
		says    bool // the portal does
	}{
		{0, false, true}, {0, true, true}, {1, false, false}, {1, true, false}, {chunk - 1, true, true},
		{chunk, false, true}, {chunk, true, false}, {chunk + 1, false, false}, {chunk + 1, true, true},
		{2 * chunk, false, false}, {2*chunk + 5, true, false},
	} {
		for _, noRanges := range []bool{false, true} {
			body := bytesOf(c.n)
			j := p.job(serve(t, &web{body: body, chunked: c.chunked, noRanges: noRanges}))
			if c.says {
				j.Size = int64(c.n)
			}
			j.Checkpoint = fmt.Sprintf("%s-%+v-%v", checkpoint, c, noRanges)
			got := move(t, j)
			p.holds(t, got, body)
			if got.Moved != int64(c.n) {
				t.Errorf("Move of %+v moved %d bytes", c, got.Moved)
			}
		}
	}
}

// A digest says the same as one look at all bytes, however they come.
func TestDigestOfEveryLength(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, chunk, chunk + 1, 2 * chunk} {
		body := bytesOf(n)
		d := transfer.NewDigest()
		for rest := body; len(rest) > 0; {
			step := min(len(rest), 5<<20+3)
			d.Write(rest[:step]) //nolint:errcheck // never fails
			rest = rest[step:]
		}
		if diff := cmp.Diff(fileOf(body), d.File(key)); diff != "" {
			t.Errorf("Digest of %d bytes differs (-want +got):\n%s", n, diff)
		}
	}
}

func TestLengthsMustAgree(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	for name, c := range map[string]struct {
		web   *web
		size  int64
		kind  fault.Kind
		words string
	}{
		"the portal says more":     {&web{body: bytesOf(10)}, 11, fault.ChangedWhileRead, "says 11 bytes, its server sends 10"},
		"shorter than the server":  {&web{body: bytesOf(10), says: 12, noRanges: true}, -1, fault.PortalUnavailable, "broke off after 10 of 12"},
		"shorter than the portal":  {&web{body: bytesOf(10), chunked: true, noRanges: true}, 12, fault.PortalUnavailable, "broke off after 10 of 12"},
		"longer than the portal":   {&web{body: bytesOf(10), chunked: true, noRanges: true}, 9, fault.PortalUnavailable, "goes on after the 9 bytes"},
		"a large one is longer":    {&web{body: bytesOf(chunk + 10), chunked: true, noRanges: true}, chunk + 9, fault.PortalUnavailable, "goes on after"},
		"a large one is shorter":   {&web{body: bytesOf(chunk + 10), chunked: true, noRanges: true}, chunk + 20, fault.PortalUnavailable, "broke off"},
		"parts of another length":  {&web{body: bytesOf(chunk + 10)}, chunk + 9, fault.ChangedWhileRead, "says 16777225 bytes, its server sends 16777226"},
		"cut within a small one":   {&web{body: bytesOf(10), cutAt: 5}, -1, fault.PortalUnavailable, "broke off after 5 of 10"},
		"empty and nobody said so": {&web{}, -1, fault.ContentInvalid, "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			j := p.job(serve(t, c.web))
			j.Size, j.Checkpoint = c.size, checkpoint+name
			wantKind(t, j, c.kind, c.words)
			p.endUploads(t) // of what could go on
			p.nothing(t)
		})
	}
}

func TestRefusedBytesAreNeverSeen(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	page := []byte("<!doctype html><html>" + strings.Repeat("Sign in", 3<<20))
	for name, c := range map[string]struct {
		check content.Check
		body  []byte
		words string
	}{
		"a small page":            {content.Export("CSV"), page[:1000], "web page"},
		"a large page":            {content.Export("CSV"), page, "web page"},
		"an empty zip":            {content.Export("File Geodatabase"), archive("readme.txt", 10), "holds no File Geodatabase"},
		"a large zip cut short":   {content.File("a.zip"), archive("a.bin", chunk)[:chunk+50], "cut short"},
		"large JSON with a fault": {content.Text(), fmt.Appendf(nil, `["%s"`, bytes.Repeat([]byte("long "), chunk/4)), "ends too early"},
	} {
		t.Run(name, func(t *testing.T) {
			j := p.job(serve(t, &web{body: c.body}))
			j.Check, j.Checkpoint = c.check, checkpoint+name
			for range 2 {
				wantKind(t, j, fault.ContentInvalid, c.words)
				p.nothing(t)
			}
		})
	}
}

// archive is a zip of one stored file of n bytes.
func archive(name string, n int) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		panic(err)
	}
	f.Write(bytesOf(n)) //nolint:errcheck // a buffer takes everything
	w.Close()           //nolint:errcheck // as above
	return b.Bytes()
}

func TestPartsSufficeForFiveTerabytes(t *testing.T) {
	t.Parallel()
	const five = 5 << 40
	for _, size := range []int64{-1, 0, 1, chunk * store.MaxParts, chunk*store.MaxParts + 1, five} {
		var total, largest int64
		n := 0
		for want := max(size, 1); total < want || size < 0 && total < five; total += transfer.PartSize(n, size) {
			n++
			part := transfer.PartSize(n, size)
			largest = max(largest, part)
			if part%chunk != 0 || part > 5<<30 || n > store.MaxParts {
				t.Fatalf("PartSize(%d, %d) = %d: want a multiple of %d up to 5 GiB, in 10,000 parts", n, size, part, chunk)
			}
		}
		t.Logf("size %d: %d parts, the largest of %d MiB", size, n, largest>>20)
	}
}
