package store_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects/objectstest"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
)

// opened is the bucket maps as Open finds it at url, which may be any server.
func opened(t *testing.T, url string) *store.Store {
	t.Helper()
	for k, v := range map[string]string{
		"AWS_ENDPOINT_URL_S3": url, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
		"AWS_CONFIG_FILE": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
	} {
		t.Setenv(k, v)
	}
	s, err := store.Open(t.Context(), "maps")
	if err != nil {
		t.Fatalf("Open(maps) at %s: %v", url, err)
	}
	return s
}

func answer(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, `<Error><Code>%s</Code><Message>in S3's words</Message></Error>`, code)
}

// What S3 answers, and what becomes of it: its kind, the words for it, and
// how often the client asked.
func TestTroubleInWords(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		kind   fault.Kind
		words  string
		asked  int32
	}{
		{403, "AccessDenied", fault.StoreRefused, "lacks the right", 1},
		{400, "ExpiredToken", fault.StoreRefused, "sign in to AWS again", 1},
		{404, "NoSuchBucket", fault.StoreRefused, "no such bucket", 1},
		{507, "InsufficientStorage", fault.StoreRefused, "the disk is full", 1},
		{403, "QuotaExceeded", fault.StoreRefused, "quota", 1},
		{301, "PermanentRedirect", fault.StoreRefused, "another region", 1},
		{400, "SomethingNew", fault.StoreRefused, "SomethingNew: in S3's words", 1},
		{400, "BadDigest", fault.StoreUnavailable, "BadDigest", 1},
		{503, "SlowDown", fault.StoreUnavailable, "SlowDown", 3},
		{500, "InternalError", fault.StoreUnavailable, "InternalError", 3},
		{409, "ConditionalRequestConflict", fault.StoreUnavailable, "ConditionalRequestConflict", 3},
	} {
		t.Run(c.code, func(t *testing.T) {
			var asked atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				answer(w, c.status, c.code)
			}))
			t.Cleanup(server.Close)
			_, err := opened(t, server.URL).Create(t.Context(), "runs/a.json", []byte("{}"))
			if err == nil || fault.Of(err) != c.kind || !strings.Contains(err.Error(), c.words) || !strings.Contains(err.Error(), "runs/a.json") {
				t.Errorf("Create answered by %d %s: %v of kind %q; want %q, the words %q and the key", c.status, c.code, err, fault.Of(err), c.kind, c.words)
			}
			if asked.Load() != c.asked {
				t.Errorf("Create answered by %d %s was asked %d times, want %d", c.status, c.code, asked.Load(), c.asked)
			}
		})
	}
}

func TestNobodyThereIsUnavailable(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	s := opened(t, server.URL)
	server.Close()
	err := s.Put(t.Context(), "a", nil, "")
	if !fault.Is(err, fault.StoreUnavailable) || !strings.Contains(err.Error(), "did not answer") {
		t.Errorf("Put with nobody there: %v of kind %q, want StoreUnavailable", err, fault.Of(err))
	}
}

func TestACertificateOfSomebodyElseIsRefused(t *testing.T) {
	t.Setenv("AWS_CA_BUNDLE", "")
	err := opened(t, objectstest.Start(t).Endpoint).Put(t.Context(), "a", nil, "")
	if !fault.Is(err, fault.StoreRefused) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("Put over an untrusted certificate: %v of kind %q, want StoreRefused", err, fault.Of(err))
	}
}

// Without a right to list all keys, S3 says 403 where nothing is.
func TestMissingBehindA403(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("list-type") == "" {
			answer(w, 403, "AccessDenied")
			return
		}
		key := r.URL.Query().Get("prefix")
		if key == "missing" {
			key += "-but-longer"
		}
		fmt.Fprintf(w, `<ListBucketResult><Contents><Key>%s</Key></Contents></ListBucketResult>`, key)
	}))
	t.Cleanup(server.Close)
	s, ctx := opened(t, server.URL), t.Context()
	for _, key := range []string{"missing", "forbidden"} {
		_, getErr := s.Get(ctx, key)
		_, headErr := s.Head(ctx, key)
		for call, err := range map[string]error{"Get": getErr, "Head": headErr} {
			if missing := errors.Is(err, store.ErrMissing); missing != (key == "missing") {
				t.Errorf("%s of the %s key: %v, ErrMissing is %v", call, key, err, missing)
			}
		}
	}
}

func TestBytesThatChangedInTheBucket(t *testing.T) {
	sum, length := store.Sum([]byte("what was stored")), "15"
	body := "what was STORED"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amz-Checksum-Crc64nvme", sum)
		w.Header().Set("Content-Length", length)
		io.WriteString(w, body) //nolint:errcheck // the client may be gone
	}))
	t.Cleanup(server.Close)
	s := opened(t, server.URL)
	if got, err := s.Get(t.Context(), "a"); !errors.Is(err, store.ErrAltered) || !fault.Is(err, fault.StoreRefused) {
		t.Errorf("Get of altered bytes = %q, %v of kind %q; want ErrAltered", got, err, fault.Of(err))
	}
	length = "100"
	if got, err := s.Get(t.Context(), "a"); errors.Is(err, store.ErrAltered) || !fault.Is(err, fault.StoreUnavailable) {
		t.Errorf("Get of an answer cut short = %q, %v of kind %q; want StoreUnavailable", got, err, fault.Of(err))
	}
}

func TestABucketThatSummedOtherBytes(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<CompleteMultipartUploadResult><ChecksumCRC64NVME>%s</ChecksumCRC64NVME></CompleteMultipartUploadResult>`, store.Sum([]byte("other")))
	}))
	t.Cleanup(server.Close)
	_, err := opened(t, server.URL).Complete(t.Context(), "a", "1", nil, 3, store.Sum([]byte("our")))
	if !fault.Is(err, fault.StoreUnavailable) || !strings.Contains(err.Error(), "checksum differs from what was sent") {
		t.Errorf("Complete answered with another CRC64NVME: %v of kind %q, want StoreUnavailable that says so", err, fault.Of(err))
	}
}

// S3 may say 200 before it knows, and the error in the body.
func TestAnErrorInAGoodAnswer(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		answer(w, http.StatusOK, "InternalError")
	}))
	t.Cleanup(server.Close)
	s := opened(t, server.URL)
	_, copyErr := s.Copy(t.Context(), "a", 1, "b")
	_, doneErr := s.Complete(t.Context(), "a", "1", nil, 1, "")
	for call, err := range map[string]error{"Copy": copyErr, "Complete": doneErr} {
		if !fault.Is(err, fault.StoreUnavailable) || !strings.Contains(err.Error(), "InternalError") {
			t.Errorf("%s answered by 200 with an error in it: %v of kind %q, want StoreUnavailable", call, err, fault.Of(err))
		}
	}
	if asked.Load() != 6 {
		t.Errorf("two verbs answered by 200 with an error in it were asked for %d times, want 3 each", asked.Load())
	}
}

// An endpoint by name is asked for /bucket/key, not for bucket.host, and 64
// connections are kept for the next round.
func TestPathStyleAndKeptConnections(t *testing.T) {
	const atOnce, rounds = 48, 4
	var mu sync.Mutex
	paths := map[string]bool{}
	var connections atomic.Int32
	var together sync.WaitGroup
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		paths[r.Host+r.URL.Path] = true
		mu.Unlock()
		together.Done()
		together.Wait()
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	host := strings.Replace(strings.TrimPrefix(server.URL, "http://"), "127.0.0.1", "localhost", 1)
	s := opened(t, "http://"+host)
	for range rounds {
		together.Add(atOnce)
		var g errgroup.Group
		for range atOnce {
			g.Go(func() error { return s.Put(t.Context(), "runs/a.json", []byte("{}"), "") })
		}
		if err := g.Wait(); err != nil {
			t.Fatalf("Put: %v", err)
		}
	}
	if want := host + "/maps/runs/a.json"; len(paths) != 1 || !paths[want] {
		t.Errorf("Put asked for %v, want %s", paths, want)
	}
	if n := connections.Load(); n > atOnce*2 {
		t.Errorf("%d rounds of %d requests opened %d connections, want about %d", rounds, atOnce, n, atOnce)
	}
}

// The bucket of somebody else may lack what a backup needs.
func TestProbeNamesWhatIsLacking(t *testing.T) {
	sum := store.Sum([]byte(`{"probe": true}`))
	tagged := `<Tagging><TagSet><Tag><Key>mapkeep-probe</Key><Value>yes</Value></Tag></TagSet></Tagging>`
	for _, c := range []struct {
		name, sum, tags string
		again           int // status of the conditional write
		words           string
	}{
		{"checksums", "", tagged, 412, "has no CRC64NVME checksums"},
		{"conditions", sum, tagged, 200, "has no conditional writes (If-None-Match)"},
		{"conditions it says it lacks", sum, tagged, 501, "has no conditional writes (If-None-Match)"},
		{"tags", sum, `<Tagging><TagSet/></Tagging>`, 412, "has no object tags"},
		{"parts", sum, tagged, 412, "has no uploads in parts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body) //nolint:errcheck // a broken request fails the test anyway
				switch {
				case r.Method == http.MethodPost && r.URL.Query().Has("uploads"):
					io.WriteString(w, `<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>`) //nolint:errcheck
				case r.Method == http.MethodPost:
					io.WriteString(w, `<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>`) //nolint:errcheck
				case r.Method == http.MethodGet:
					io.WriteString(w, c.tags) //nolint:errcheck
				case r.Header.Get("If-None-Match") != "" && c.again == 412:
					answer(w, 412, "PreconditionFailed")
				case r.Header.Get("If-None-Match") != "" && c.again == 501:
					answer(w, 501, "NotImplemented")
				case c.sum != "" && (c.name != "parts" || !strings.HasSuffix(r.URL.Path, "-parts")):
					w.Header().Set("X-Amz-Checksum-Crc64nvme", c.sum)
				}
			}))
			t.Cleanup(server.Close)
			err := opened(t, server.URL).Probe(t.Context(), "")
			if !fault.Is(err, fault.StoreRefused) || !strings.Contains(err.Error(), c.words) {
				t.Errorf("Probe: %v of kind %q, want StoreRefused with %q", err, fault.Of(err), c.words)
			}
		})
	}
}

func TestOpenWithoutWhatItNeeds(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"region":      {"AWS_REGION": "", "AWS_DEFAULT_REGION": ""},
		"credentials": {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "true"},
	} {
		t.Run(name, func(t *testing.T) {
			opened(t, "http://127.0.0.1:1")
			for k, v := range env {
				t.Setenv(k, v)
			}
			if _, err := store.Open(t.Context(), "maps"); !fault.Is(err, fault.StoreRefused) || !strings.Contains(err.Error(), name) {
				t.Errorf("Open without %s: %v of kind %q, want StoreRefused that names it", name, err, fault.Of(err))
			}
		})
	}
}
