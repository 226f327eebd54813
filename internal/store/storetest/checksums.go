package storetest

import (
	"bytes"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/mapkeep/mapkeep/internal/store"
)

// checksums: what a manifest says of an object is its CRC64NVME, which the
// bucket checks when bytes come and shows ever after.
var checksums = []Case{
	{"checksum: shown of an object", func(t *Trial) {
		for key, body := range map[string][]byte{"some": body, "none": {}} {
			t.put(key, body)
			t.wantSum(key, body)
		}
	}},
	{"checksum: a wrong one is refused", func(t *Trial) {
		_, err := t.Client.PutObject(t, &s3.PutObjectInput{
			Bucket: aws.String(t.Bucket()), Key: aws.String("a"), Body: bytes.NewReader(body),
			ChecksumCRC64NVME: aws.String(store.Sum([]byte("another"))),
		})
		if err == nil {
			t.Errorf("PutObject with another's CRC64NVME: no error")
		}
		t.wantMissing("a")
	}},
	{"checksum: a wrong one of a part is refused", func(t *Trial) {
		upload, err := t.Begin(t, "a", "")
		t.ok(err, "Begin")
		_, err = t.Client.UploadPart(t, &s3.UploadPartInput{
			Bucket: aws.String(t.Bucket()), Key: aws.String("a"), UploadId: &upload, PartNumber: aws.Int32(1),
			Body: bytes.NewReader(body), ChecksumCRC64NVME: aws.String(store.Sum([]byte("another"))),
		})
		if err == nil {
			t.Errorf("UploadPart with another's CRC64NVME: no error")
		}
		t.wantNoParts("a", upload)
	}},
	{"checksum: of an object in parts, of the whole", func(t *Trial) {
		whole, upload, parts := t.twoParts("a")
		t.ok2(t.Complete(t, "a", upload, parts, int64(len(whole)), store.Sum(whole)))("Complete")
		t.wantSum("a", whole)
		t.wantBody("a", whole)
	}},
	{"checksum: in parts, a wrong one of the whole is refused", func(t *Trial) {
		whole, upload, parts := t.twoParts("a")
		if _, err := t.Complete(t, "a", upload, parts, int64(len(whole)), store.Sum(body)); err == nil || errors.Is(err, store.ErrNoUpload) {
			t.Errorf("Complete with a wrong CRC64NVME: %v, want a refusal", err)
		}
		t.wantMissing("a")
		t.ok2(t.Complete(t, "a", upload, parts, int64(len(whole)), store.Sum(whole)))("Complete after a wrong CRC64NVME")
		t.wantBody("a", whole)
	}},
	{"checksum: in parts, a wrong length is refused", func(t *Trial) {
		whole, upload, parts := t.twoParts("a")
		if _, err := t.Complete(t, "a", upload, parts, int64(len(whole))+1, store.Sum(whole)); err == nil || errors.Is(err, store.ErrNoUpload) {
			t.Errorf("Complete with a wrong size: %v, want a refusal", err)
		}
		t.wantMissing("a")
	}},
}

// wantSum wants the CRC64NVME of the whole body shown, and that it is one of the whole.
func (t *Trial) wantSum(key string, body []byte) {
	head, err := t.Client.HeadObject(t, &s3.HeadObjectInput{
		Bucket: aws.String(t.Bucket()), Key: &key, ChecksumMode: types.ChecksumModeEnabled,
	})
	t.ok(err, "HeadObject(%q)", key)
	if got := aws.ToString(head.ChecksumCRC64NVME); got != store.Sum(body) {
		t.Errorf("HeadObject(%q): CRC64NVME %q, want %q", key, got, store.Sum(body))
	}
	if head.ChecksumType != types.ChecksumTypeFullObject {
		t.Errorf("HeadObject(%q): checksum of type %q, want FULL_OBJECT", key, head.ChecksumType)
	}
	if got := aws.ToInt64(head.ContentLength); got != int64(len(body)) {
		t.Errorf("HeadObject(%q): %d bytes, want %d", key, got, len(body))
	}
}

// twoParts begins an upload, the last part first, and gives the whole's bytes.
func (t *Trial) twoParts(key string) (whole []byte, upload string, parts []store.Part) {
	first := bytesOf(5 << 20)
	upload, err := t.Begin(t, key, "application/zip")
	t.ok(err, "Begin(%q)", key)
	last, err := t.Part(t, key, upload, 2, body)
	t.ok(err, "Part 2 of %q", key)
	start, err := t.Part(t, key, upload, 1, first)
	t.ok(err, "Part 1 of %q", key)
	return append(first, body...), upload, []store.Part{start, last}
}
