package fakes

import (
	"encoding/xml"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
)

func (s *Sink) begin(w http.ResponseWriter, key string) {
	id := strconv.FormatUint(rand.Uint64(), 36)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uploads = put(s.uploads, id, map[int]part{})
	answer(w, "InitiateMultipartUploadResult", struct {
		Bucket, Key string
		ID          string `xml:"UploadId"`
	}{"bench", key, id})
}

func (s *Sink) putPart(w http.ResponseWriter, r *http.Request, upload, number string) {
	if rand.Float64() < s.Fail {
		refuse(w, http.StatusServiceUnavailable, "SlowDown")
		return
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidArgument")
		return
	}
	p, err := s.take(r, io.Discard)
	if err != nil {
		refuse(w, http.StatusBadRequest, "BadDigest")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	parts := s.uploads[upload]
	if parts == nil {
		refuse(w, http.StatusNotFound, "NoSuchUpload")
		return
	}
	parts[n] = p
	w.Header().Set("ETag", etag(p.crc))
	w.Header().Set("X-Amz-Checksum-Crc64nvme", text(p.crc))
}

func (s *Sink) complete(w http.ResponseWriter, r *http.Request, key, upload string) {
	var in struct {
		Part []struct{ PartNumber int }
	}
	if err := xml.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, "MalformedXML")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	parts := s.uploads[upload]
	var size int64
	var crc uint64
	for _, named := range in.Part {
		p, ok := parts[named.PartNumber]
		if !ok {
			refuse(w, http.StatusBadRequest, "InvalidPart")
			return
		}
		crc, size = combine(crc, p.crc, p.size), size+p.size
	}
	if want := r.Header.Get("X-Amz-Checksum-Crc64nvme"); want != "" && want != text(crc) {
		refuse(w, http.StatusBadRequest, "BadDigest")
		return
	}
	delete(s.uploads, upload)
	s.objects = put(s.objects, key, Object{size, hex(crc)})
	answer(w, "CompleteMultipartUploadResult", struct{ Location, Bucket, Key, ETag, ChecksumCRC64NVME, ChecksumType string }{
		"/bench/" + key, "bench", key, etag(crc), text(crc), "FULL_OBJECT",
	})
}

func (s *Sink) listParts(w http.ResponseWriter, upload string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	parts, ok := s.uploads[upload]
	if !ok {
		refuse(w, http.StatusNotFound, "NoSuchUpload")
		return
	}
	type row struct {
		PartNumber              int
		Size                    int64
		ETag, ChecksumCRC64NVME string
	}
	var rows []row
	for n, p := range parts {
		rows = append(rows, row{n, p.size, etag(p.crc), text(p.crc)})
	}
	slices.SortFunc(rows, func(a, b row) int { return a.PartNumber - b.PartNumber })
	answer(w, "ListPartsResult", struct{ Part []row }{rows})
}

func (s *Sink) abort(w http.ResponseWriter, upload string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.uploads, upload)
	w.WriteHeader(http.StatusNoContent)
}
