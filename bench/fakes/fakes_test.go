package fakes_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/mapkeep/mapkeep/bench/fakes"
)

func content(t *testing.T, at, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := fakes.Content(&b, at, n); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sink(t *testing.T, s *fakes.Sink) *s3.Client {
	t.Helper()
	server := httptest.NewTLSServer(s)
	t.Cleanup(server.Close)
	cfg := aws.Config{
		Region: "us-east-1", HTTPClient: server.Client(), RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
	}
	return s3.NewFromConfig(cfg, func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle, o.RetryMaxAttempts = &server.URL, true, 1 })
}

// The sink knows the bytes it took, however they came.
func TestSinkTellsWhatItTook(t *testing.T) {
	t.Parallel()
	s := &fakes.Sink{}
	client, bucket, ctx := sink(t, s), aws.String("bench"), t.Context()
	size := int64(12<<20 + 17)
	// Without a checksum of its own the SDK frames the body and sends one behind it.
	if _, err := client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: bucket, Key: aws.String("single"), Body: io.NopCloser(bytes.NewReader(content(t, 0, size))), ContentLength: &size,
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme,
	}); err != nil {
		t.Fatal("PutObject:", err)
	}
	inParts(ctx, t, client, bucket, "parts", size)
	for _, key := range []string{"single", "parts"} {
		head, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String(key)})
		if err != nil || aws.ToInt64(head.ContentLength) != size {
			t.Errorf("HeadObject(%s) = %d, %v; want %d", key, aws.ToInt64(head.ContentLength), err, size)
		}
	}
	if got, want := objects(t, s), fmt.Sprintf(`{"Size":%d,"CRC":"%s"}`, size, fakes.CRC(size)); strings.Count(got, want) != 2 {
		t.Errorf("GET /-/objects = %s; want twice %s", got, want)
	}
}

func inParts(ctx context.Context, t *testing.T, client *s3.Client, bucket *string, key string, size int64) {
	t.Helper()
	begun, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: &key})
	if err != nil {
		t.Fatal("CreateMultipartUpload:", err)
	}
	var done []types.CompletedPart
	for n, at := int32(1), int64(0); at < size; n, at = n+1, at+5<<20 {
		body := content(t, at, min(5<<20, size-at))
		put, err := client.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: &key, UploadId: begun.UploadId, PartNumber: &n, Body: bytes.NewReader(body)})
		if err != nil {
			t.Fatal("UploadPart:", err)
		}
		done = append(done, types.CompletedPart{PartNumber: &n, ETag: put.ETag})
	}
	listed, err := client.ListParts(ctx, &s3.ListPartsInput{Bucket: bucket, Key: &key, UploadId: begun.UploadId})
	if err != nil || len(listed.Parts) != len(done) {
		t.Errorf("ListParts = %v, %v; want %d parts", listed, err, len(done))
	}
	if _, err := client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: bucket, Key: &key, UploadId: begun.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: done},
	}); err != nil {
		t.Fatal("CompleteMultipartUpload:", err)
	}
}

func objects(t *testing.T, s *fakes.Sink) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/-/objects", nil))
	return w.Body.String()
}

func TestSinkRefuses(t *testing.T) {
	t.Parallel()
	client, bucket, key := sink(t, &fakes.Sink{}), aws.String("bench"), aws.String("k")
	wrong := aws.String("AAAAAAAAAAA=")
	if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: bucket, Key: key, Body: strings.NewReader("abc"), ChecksumCRC64NVME: wrong,
	}); err == nil || !strings.Contains(err.Error(), "BadDigest") {
		t.Errorf("PutObject with a wrong checksum = %v, want BadDigest", err)
	}
	if _, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: key}); err == nil || !strings.Contains(err.Error(), "NoSuchKey") {
		t.Errorf("GetObject of what was refused = %v, want NoSuchKey", err)
	}
	busy := sink(t, &fakes.Sink{Fail: 1})
	begun, err := busy.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := busy.UploadPart(t.Context(), &s3.UploadPartInput{
		Bucket: bucket, Key: key, UploadId: begun.UploadId, PartNumber: aws.Int32(1), Body: strings.NewReader("abc"),
	}); err == nil || !strings.Contains(err.Error(), "SlowDown") {
		t.Errorf("UploadPart to a busy sink = %v, want SlowDown", err)
	}
}

func TestSourceGivesRanges(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&fakes.Source{})
	t.Cleanup(server.Close)
	size := int64(5 << 20)
	for _, c := range []struct {
		header string
		status int
		at, n  int64
	}{
		{"", http.StatusOK, 0, size},
		{"bytes=0-9", http.StatusPartialContent, 0, 10},
		{"bytes=3000000-", http.StatusPartialContent, 3000000, size - 3000000},
		{"bytes=1048570-2097200", http.StatusPartialContent, 1048570, 2097200 - 1048570 + 1},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("%s/%d/f", server.URL, size), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Range", c.header)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != c.status || !bytes.Equal(body, content(t, c.at, c.n)) {
			t.Errorf("GET %q = %s with %d bytes, %v; want %d with %d", c.header, answer.Status, len(body), err, c.status, c.n)
		}
	}
}
