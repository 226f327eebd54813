package transfer_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

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
	stored, err := p.Get(t.Context(), key)
	if err != nil || !bytes.Equal(stored, body) {
		t.Errorf("Get(%q) = %d bytes, %v; want the source's %d", key, len(stored), err, len(body))
	}
	if n := p.uploads(t); n != 0 {
		t.Errorf("%d uploads are left, want none", n)
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

// ticking is a clock that goes on by step each time it is read.
func ticking(step time.Duration) func() time.Time {
	now := time.Date(2026, 11, 23, 4, 5, 6, 0, time.UTC)
	return func() time.Time {
		now = now.Add(step)
		return now
	}
}

// soon is a Job whose time is up after its first part.
func soon(j transfer.Job) transfer.Job {
	j.Now = ticking(time.Second)
	j.Stop = j.Now()
	return j
}

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
		{2 * chunk, false, false}, {2 * chunk, true, false}, {2*chunk + 5, true, false},
	} {
		body := bytesOf(c.n)
		j := p.job(serve(t, &web{body: body, chunked: c.chunked}))
		if c.says {
			j.Size = int64(c.n)
		}
		j.Checkpoint = fmt.Sprintf("%s-%+v", checkpoint, c)
		got := move(t, j)
		p.holds(t, got, body)
		if got.Moved != int64(c.n) {
			t.Errorf("Move of %+v moved %d bytes", c, got.Moved)
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

func TestHandsOverAndGoesOn(t *testing.T) {
	t.Parallel()
	for _, chunked := range []bool{false, true} {
		p, body := bucket(t), bytesOf(3*chunk+7)
		w := serve(t, &web{body: body, chunked: chunked})
		var moved int64
		var got transfer.Result
		for sittings := 1; !got.Whole; sittings++ {
			if sittings > 5 {
				t.Fatalf("Move is not whole after %d sittings", sittings)
			}
			got = move(t, soon(p.job(w)))
			moved += got.Moved
		}
		p.holds(t, got, body)
		last := int64(len(body) - 1) // read again, to see that nothing has changed
		starts, want := w.starts(), []int64{0, chunk, 2 * chunk, 3 * chunk, last}
		if !cmp.Equal(want, starts) || moved != int64(len(body)) {
			t.Errorf("asked for bytes from %v and moved %d, want %v and %d", starts, moved, want, len(body))
		}
		again := move(t, p.job(w)) // the process died before it could say that all is done
		p.holds(t, again, body)
		if starts := w.starts(); again.Moved != 0 || !cmp.Equal([]int64{last}, starts) {
			t.Errorf("Move of a complete object moved %d bytes and asked for %v, want none and %v", again.Moved, starts, last)
		}
	}
}

func TestGoesOnAfterACut(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	body := bytesOf(3 * chunk)
	w := serve(t, &web{body: body, cutAt: 2*chunk + 100})
	wantKind(t, p.job(w), fault.PortalUnavailable, "broke off after 33554532 of 50331648 bytes")
	w.set(func(w *web) { w.cutAt = 0 })
	got := move(t, p.job(w))
	p.holds(t, got, body)
	if got.Moved != chunk {
		t.Errorf("Move after a cut moved %d bytes, want %d", got.Moved, chunk)
	}
}

func TestACancelledTransferGoesOnLater(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	body := bytesOf(3 * chunk)
	w := serve(t, &web{body: body})
	move(t, soon(p.job(w)))
	ctx, cancel := context.WithCancel(t.Context())
	w.set(func(w *web) { w.during = func(*web) { cancel() } })
	if _, err := transfer.Move(ctx, p.job(w)); !errors.Is(err, context.Canceled) {
		t.Errorf("Move that was cancelled: %v, want context.Canceled", err)
	}
	w.set(func(w *web) { w.during = nil })
	got := move(t, p.job(w))
	p.holds(t, got, body)
	if got.Moved != 2*chunk {
		t.Errorf("Move after a cancelled one moved %d bytes, want %d", got.Moved, 2*chunk)
	}
}

// However far a transfer came, and even when its object is complete, bytes
// that have changed since are taken again.
func TestBeginsAnewWhenTheSourceChanged(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	for sittings := 1; sittings <= 3; sittings++ {
		w := serve(t, &web{body: bytesOf(chunk + 1), etag: fmt.Sprintf(`"%d"`, sittings)})
		for n := range sittings {
			if got := move(t, soon(p.job(w))); got.Whole != (n == 2) {
				t.Fatalf("sitting %d: Move is whole %v", n+1, got.Whole)
			}
		}
		changed := fmt.Appendf(nil, "changed after %d %s", sittings, bytesOf(chunk))
		w.set(func(w *web) { w.body, w.etag = changed, fmt.Sprintf(`"changed %d"`, sittings) })
		p.holds(t, move(t, p.job(w)), changed)
	}
}

func TestASourceWithoutRanges(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	for _, w := range []*web{{noRanges: true}, {etag: "none"}} {
		w.body = bytesOf(2*chunk + 1)
		serve(t, w)
		wantKind(t, soon(p.job(w)), fault.PortalUnavailable, "time is up after 16777216 bytes")
		p.nothing(t)
	}
	w := serve(t, &web{body: bytesOf(2*chunk + 1), noRanges: true, cutAt: chunk + 1})
	wantKind(t, p.job(w), fault.PortalUnavailable, "broke off")
	p.nothing(t)
	w.set(func(w *web) { w.cutAt = 0 })
	p.holds(t, move(t, p.job(w)), w.body)
}

func TestASourceThatNeverKeepsItsRanges(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	w := serve(t, &web{body: bytesOf(2*chunk + 1), forgets: true})
	for range 4 {
		if got := move(t, soon(p.job(w))); got.Whole {
			t.Fatal("Move is whole, want time to be up after one part")
		}
	}
	wantKind(t, soon(p.job(w)), fault.PortalUnavailable, "can't go on where a transfer stopped; it began anew 3 times")
	p.nothing(t)
	p.holds(t, move(t, p.job(w)), w.body) // with time enough it is done in one sitting
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
		"shorter than the server":  {&web{body: bytesOf(10), says: 12}, -1, fault.PortalUnavailable, "broke off after 10 of 12"},
		"shorter than the portal":  {&web{body: bytesOf(10), chunked: true}, 12, fault.PortalUnavailable, "broke off after 10 of 12"},
		"longer than the portal":   {&web{body: bytesOf(10), chunked: true}, 9, fault.PortalUnavailable, "goes on after the 9 bytes"},
		"a large one is longer":    {&web{body: bytesOf(chunk + 10), chunked: true}, chunk + 9, fault.PortalUnavailable, "goes on after"},
		"a large one is shorter":   {&web{body: bytesOf(chunk + 10), chunked: true}, chunk + 20, fault.PortalUnavailable, "broke off"},
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

// A check's state travels in the checkpoint, and what the tail lacks is asked
// of the source again.
func TestChecksGoOnToo(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	list := fmt.Appendf(nil, `["%s", {"a": [1]}]`, bytes.Repeat([]byte("long "), chunk/4))
	for _, c := range []struct {
		check content.Check
		body  []byte
	}{
		{content.Export("File Geodatabase"), archive("parks.gdb/a1.gdbtable", 2*chunk-80)},
		{content.Text(), list},
	} {
		w := serve(t, &web{body: c.body, etag: fmt.Sprintf(`"%d"`, len(c.body))})
		j := p.job(w)
		j.Check = c.check
		var got transfer.Result
		for sittings := 0; !got.Whole && sittings < 6; sittings++ {
			got = move(t, soon(j))
		}
		p.holds(t, got, c.body)
	}
}

func TestASourceThatChangesBeforeItsEndIsReadAgain(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	w := serve(t, &web{body: archive("parks.gdb/a1.gdbtable", 2*chunk-80)})
	j := p.job(w)
	j.Check = content.Export("File Geodatabase")
	for range 3 { // two parts and the few bytes after them
		move(t, soon(j))
	}
	w.starts()
	w.set(func(w *web) {
		w.during = func(w *web) { // the last byte is still the old one, then
			if len(w.asked) == 2 {
				w.body, w.etag = archive("new.gdb/a1.gdbtable", chunk), `"2"`
			}
		}
	})
	wantKind(t, j, fault.ChangedWhileRead, "changed")
	p.nothing(t)
	p.holds(t, move(t, j), w.body)
}

func TestACheckpointThatCantBeUsed(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	body := bytesOf(chunk + 1)
	w := serve(t, &web{body: body})
	ctx := t.Context()
	move(t, soon(p.job(w)))
	good, err := p.Get(ctx, checkpoint)
	if err != nil {
		t.Fatalf("Get(%q): %v", checkpoint, err)
	}
	for name, text := range map[string]string{
		"no JSON":       "x",
		"empty":         "",
		"of nothing":    "{}",
		"another key":   strings.Replace(string(good), "Trail", "Other", 1),
		"other lengths": strings.Replace(string(good), `"done":16777216`, `"done":33554432`, 1),
		"no sums":       strings.Replace(string(good), `"sha256":["`, `"sha512":["`, 1),
		"more parts":    strings.Replace(string(good), `"parts":1`, `"parts":7`, 1),
		"minus parts":   strings.Replace(string(good), `"parts":1`, `"parts":-1`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			if text == string(good) {
				t.Fatalf("the checkpoint has nothing to spoil: %s", good)
			}
			if err := p.Put(ctx, checkpoint, []byte(text), ""); err != nil {
				t.Fatalf("Put: %v", err)
			}
			got := move(t, p.job(w))
			if got.Moved != int64(len(body)) {
				t.Errorf("Move moved %d bytes, want all %d", got.Moved, len(body))
			}
			p.endUploads(t) // the one that the spoilt checkpoint no longer names
			p.holds(t, got, body)
		})
	}
	t.Run("an upload that is gone", func(t *testing.T) {
		move(t, soon(p.job(w)))
		p.endUploads(t)
		p.holds(t, move(t, p.job(w)), body)
	})
}

// The bucket may lose an upload while parts go up: the next try begins anew.
func TestAnUploadThatEndsMeanwhile(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	body := bytesOf(3 * chunk)
	w := serve(t, &web{body: body})
	move(t, soon(p.job(w)))
	w.set(func(w *web) { w.during = func(*web) { p.endUploads(t) } })
	wantKind(t, p.job(w), fault.StoreUnavailable, "put part 2")
	w.set(func(w *web) { w.during = nil })
	p.holds(t, move(t, p.job(w)), body)
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
