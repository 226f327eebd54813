package transfer_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/mapkeep/mapkeep/internal/store"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

// vast is an S3 server as far as copies by parts need it, of objects that are
// nothing but zeros: they have a length and a checksum and take no room.
type vast struct {
	mu      sync.Mutex
	objects map[string]zeros
	upload  map[int]zeros // of the one upload; nil where there is none
	notes   map[string][]byte
	copies  []int // numbers of the parts that were asked for
	refuse  func(n int) (status int, code string)
}

type zeros struct {
	size int64
	crc  uint64
}

// zerosOf sums n zeros by doubling.
func zerosOf(n int64) zeros {
	z := zeros{n, 0}
	one, length := store.Sum([]byte{0}), int64(1)
	for crc, _ := store.SumOf(one); n > 0; n >>= 1 { //nolint:errcheck // it is one
		if n&1 == 1 {
			z.crc = transfer.JoinCRC(z.crc, crc, length)
		}
		crc, length = transfer.JoinCRC(crc, crc, length), 2*length
	}
	return z
}

func serveVast(t *testing.T, v *vast) *store.Store {
	t.Helper()
	v.notes = map[string][]byte{}
	server := httptest.NewServer(v)
	t.Cleanup(server.Close)
	return store.New(s3.New(s3.Options{
		BaseEndpoint: &server.URL, UsePathStyle: true, Region: "us-east-1",
		Credentials:                credentials.NewStaticCredentialsProvider("a", "b", ""),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		Retryer:                    aws.NopRetryer{},
	}), "maps")
}

func (v *vast) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	key, q := strings.TrimPrefix(r.URL.Path, "/maps/"), r.URL.Query()
	from := v.objects[strings.TrimPrefix(r.Header.Get("X-Amz-Copy-Source"), "maps/")]
	switch {
	case strings.HasPrefix(key, ".mapkeep/"):
		v.note(w, r, key)
	case r.Method == http.MethodHead:
		v.head(w, key)
	case q.Has("uploads"):
		v.upload = map[int]zeros{}
		fmt.Fprint(w, `<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>`)
	case q.Has("uploadId") && v.upload == nil:
		refuse(w, 404, "NoSuchUpload")
	case q.Has("partNumber"):
		v.part(w, r, from)
	case r.Method == http.MethodGet:
		v.list(w, q.Get("part-number-marker"))
	case r.Method == http.MethodPost:
		v.complete(w, r, key)
	case r.Method == http.MethodDelete:
		v.upload = nil
		w.WriteHeader(http.StatusNoContent)
	default: // CopyObject
		refuse(w, 400, "InvalidRequest")
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `<Error><Code>%s</Code></Error>`, code)
}

func (v *vast) note(w http.ResponseWriter, r *http.Request, key string) {
	text, there := v.notes[key]
	switch {
	case r.Method == http.MethodPut:
		v.notes[key], _ = io.ReadAll(r.Body) //nolint:errcheck // a note cut short is none
	case !there:
		refuse(w, 404, "NoSuchKey")
	default:
		w.Write(text) //nolint:errcheck // the client may be gone
	}
}

func (v *vast) head(w http.ResponseWriter, key string) {
	z, there := v.objects[key]
	if !there {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("ETag", `"1"`)
	w.Header().Set("Content-Length", strconv.FormatInt(z.size, 10))
	w.Header().Set("X-Amz-Checksum-Crc64nvme", store.SumText(z.crc))
}

func (v *vast) part(w http.ResponseWriter, r *http.Request, from zeros) {
	n, _ := strconv.Atoi(r.URL.Query().Get("partNumber")) //nolint:errcheck // 0 is refused
	var first, last int64
	fmt.Sscanf(r.Header.Get("X-Amz-Copy-Source-Range"), "bytes=%d-%d", &first, &last) //nolint:errcheck // 0 is refused
	v.copies = append(v.copies, n)
	if v.refuse != nil {
		if status, code := v.refuse(n); status != 0 {
			refuse(w, status, code)
			return
		}
	}
	if n < 1 || n > store.MaxParts || last < first || last >= from.size || last-first >= 5<<30 {
		refuse(w, 400, "InvalidArgument")
		return
	}
	z := zerosOf(last - first + 1)
	v.upload[n] = z
	fmt.Fprintf(w, `<CopyPartResult><ETag>"%d"</ETag><ChecksumCRC64NVME>%s</ChecksumCRC64NVME></CopyPartResult>`, n, store.SumText(z.crc))
}

func (v *vast) list(w http.ResponseWriter, marker string) {
	after, _ := strconv.Atoi(marker) //nolint:errcheck // none is 0
	fmt.Fprint(w, `<ListPartsResult>`)
	shown := 0
	for n := after + 1; n <= store.MaxParts && shown < 1000; n++ {
		if z, there := v.upload[n]; there {
			fmt.Fprintf(w, `<Part><PartNumber>%d</PartNumber><ETag>"%d"</ETag><Size>%d</Size><ChecksumCRC64NVME>%s</ChecksumCRC64NVME></Part>`, n, n, z.size, store.SumText(z.crc))
			shown, after = shown+1, n
		}
	}
	fmt.Fprintf(w, `<IsTruncated>%v</IsTruncated><NextPartNumberMarker>%d</NextPartNumberMarker></ListPartsResult>`, shown == 1000, after)
}

func (v *vast) complete(w http.ResponseWriter, r *http.Request, key string) {
	var in struct{ Part []struct{ PartNumber int } }
	xml.NewDecoder(r.Body).Decode(&in) //nolint:errcheck // no parts are no object
	var whole zeros
	for _, p := range in.Part {
		z := v.upload[p.PartNumber]
		whole = zeros{whole.size + z.size, transfer.JoinCRC(whole.crc, z.crc, z.size)}
	}
	if sum := store.SumText(whole.crc); sum != r.Header.Get("X-Amz-Checksum-Crc64nvme") || r.Header.Get("X-Amz-Mp-Object-Size") != strconv.FormatInt(whole.size, 10) {
		refuse(w, 400, "BadDigest")
		return
	}
	v.objects[key], v.upload = whole, nil
	fmt.Fprintf(w, `<CompleteMultipartUploadResult><ETag>"2"</ETag><ChecksumCRC64NVME>%s</ChecksumCRC64NVME></CompleteMultipartUploadResult>`, store.SumText(whole.crc))
}
