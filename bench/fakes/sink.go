package fakes

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/minio/crc64nvme"
)

// Sink takes objects of one bucket or any, by single put or in parts. It
// computes each one's CRC64NVME and refuses a body whose own checksum of that
// kind differs; it keeps the bodies of keys under .mapkeep/ alone, which are a
// transfer's checkpoints. GET /-/objects tells what it took.
type Sink struct {
	Fail float64 // share of parts answered 503

	mu      sync.Mutex
	objects map[string]Object
	kept    map[string][]byte
	uploads map[string]map[int]part

	requests, bytes atomic.Int64
}

// Object is what the sink took under a key.
type Object struct {
	Size int64
	CRC  string // CRC64NVME in hex
}

type part struct {
	size int64
	crc  uint64
}

// buffers are what bodies pass through.
var buffers = sync.Pool{New: func() any { return new([256 << 10]byte) }}

func (s *Sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	q := r.URL.Query()
	switch r.URL.Path {
	case "/-/count":
		_ = json.NewEncoder(w).Encode(Count{s.requests.Load(), s.bytes.Load()})
		return
	case "/-/objects":
		s.mu.Lock()
		defer s.mu.Unlock()
		_ = json.NewEncoder(w).Encode(s.objects)
		return
	}
	s.requests.Add(1)
	switch upload := q.Get("uploadId"); {
	case r.Method == http.MethodPut && upload != "":
		s.putPart(w, r, upload, q.Get("partNumber"))
	case r.Method == http.MethodPut && key != "":
		s.put(w, r, key)
	case r.Method == http.MethodPost && q.Has("uploads"):
		s.begin(w, key)
	case r.Method == http.MethodPost && upload != "":
		s.complete(w, r, key, upload)
	case r.Method == http.MethodGet && upload != "":
		s.listParts(w, upload)
	case r.Method == http.MethodDelete && upload != "":
		s.abort(w, upload)
	case (r.Method == http.MethodGet || r.Method == http.MethodHead) && key != "":
		s.get(w, r, key)
	case r.Method == http.MethodGet && (q.Has("list-type") || q.Has("prefix")):
		s.list(w, q.Get("prefix"))
	case q.Has("location"):
		fmt.Fprint(w, `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></LocationConstraint>`)
	case key == "" && (r.Method == http.MethodHead || r.Method == http.MethodPut):
	default:
		refuse(w, http.StatusNotImplemented, "NotImplemented")
	}
}

// take reads a body and compares it with its checksum.
func (s *Sink) take(r *http.Request, also io.Writer) (part, error) {
	body, trailer := payload(r)
	sum := crc64nvme.New()
	buffer := buffers.Get().(*[256 << 10]byte)
	defer buffers.Put(buffer)
	size, err := io.CopyBuffer(io.MultiWriter(plain{sum}, also, tally{&s.bytes}), struct{ io.Reader }{body}, buffer[:])
	if err != nil {
		return part{}, err
	}
	for _, h := range []http.Header{r.Header, trailer} {
		if want := h.Get("X-Amz-Checksum-Crc64nvme"); want != "" && want != text(sum.Sum64()) {
			return part{}, fmt.Errorf("checksum %s is not that of the bytes", want)
		}
	}
	if want := r.Header.Get("X-Amz-Decoded-Content-Length"); want != "" && want != strconv.FormatInt(size, 10) {
		return part{}, fmt.Errorf("%d bytes came, not %s", size, want)
	}
	return part{size, sum.Sum64()}, nil
}

func (s *Sink) put(w http.ResponseWriter, r *http.Request, key string) {
	var body bytes.Buffer
	also := io.Discard
	if strings.HasPrefix(key, ".mapkeep/") {
		also = &body
	}
	p, err := s.take(r, also)
	if err != nil {
		refuse(w, http.StatusBadRequest, "BadDigest")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if also == &body {
		s.kept = put(s.kept, key, body.Bytes())
	}
	s.objects = put(s.objects, key, Object{p.size, hex(p.crc)})
	w.Header().Set("ETag", etag(p.crc))
	w.Header().Set("X-Amz-Checksum-Crc64nvme", text(p.crc))
	w.Header().Set("X-Amz-Checksum-Type", "FULL_OBJECT")
}

func (s *Sink) get(w http.ResponseWriter, r *http.Request, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.objects[key]
	if !ok {
		refuse(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	var crc [8]byte
	value, _ := strconv.ParseUint(o.CRC, 16, 64)
	binary.BigEndian.PutUint64(crc[:], value)
	w.Header().Set("ETag", etag(value))
	w.Header().Set("X-Amz-Checksum-Crc64nvme", base64.StdEncoding.EncodeToString(crc[:]))
	w.Header().Set("X-Amz-Checksum-Type", "FULL_OBJECT")
	w.Header().Set("Content-Length", strconv.FormatInt(o.Size, 10))
	if r.Method == http.MethodGet {
		_, _ = w.Write(s.kept[key])
	}
}

func (s *Sink) list(w http.ResponseWriter, prefix string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	type row struct {
		Key, ETag, LastModified string
		Size                    int64
	}
	var rows []row
	for key, o := range s.objects {
		if strings.HasPrefix(key, prefix) {
			rows = append(rows, row{key, `"0"`, "2026-10-01T00:00:00.000Z", o.Size})
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.Key, b.Key) })
	answer(w, "ListBucketResult", struct {
		IsTruncated bool
		KeyCount    int
		Contents    []row
	}{false, len(rows), rows})
}
