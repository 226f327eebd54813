package storetest

import (
	"bytes"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/mapkeep/mapkeep/internal/store"
)

// copying: an item that did not change is copied from an older backup.
var copying = []Case{
	{"copy: bytes, type and checksum, without tags", func(t *Trial) {
		t.put("old", body)
		t.ok(t.Tag(t, "old", map[string]string{"mapkeep": "expired"}), "Tag")
		t.wantCopy("old", "new", body)
		t.wantType("new", "text/plain")
		t.wantTags("new", map[string]string{})
		t.wantTags("old", map[string]string{"mapkeep": "expired"})
	}},
	{"copy: over what was there", func(t *Trial) {
		t.put("old", body)
		t.put("new", []byte("another"))
		t.ok(t.Tag(t, "new", map[string]string{"mapkeep": "expired"}), "Tag")
		t.wantCopy("old", "new", body)
		t.wantTags("new", map[string]string{})
	}},
	{"copy: of an object in parts", func(t *Trial) {
		whole, upload, parts := t.twoParts("old")
		t.ok2(t.Complete(t, "old", upload, parts, int64(len(whole)), store.Sum(whole)))("Complete")
		t.wantCopy("old", "new", whole)
	}},
	{"copy: of an object that somebody else put there, with another checksum", func(t *Trial) {
		t.putCRC32("old", body)
		t.wantCopy("old", "new", body)
	}},
	{"copy: with tags, where a person does it", func(t *Trial) {
		t.put("old", body)
		t.ok(t.Tag(t, "old", map[string]string{"mapkeep": "keep"}), "Tag")
		_, err := t.Client.CopyObject(t, &s3.CopyObjectInput{
			Bucket: aws.String(t.Bucket()), Key: aws.String("new"), CopySource: aws.String(t.Bucket() + "/old"),
		})
		t.ok(err, "CopyObject")
		t.wantTags("new", map[string]string{"mapkeep": "keep"})
	}},
	{"copy: in parts, as above 5 GB", func(t *Trial) {
		whole := bytesOf(11 << 20)
		t.put("old", whole)
		t.wantCopyInParts(whole)
		t.wantType("new", "text/plain")
	}},
	{"copy: in parts, of an object with another checksum", func(t *Trial) {
		whole := bytesOf(11 << 20)
		t.putCRC32("old", whole)
		t.wantCopyInParts(whole)
	}},
	{"copy: a part only of what was looked at", func(t *Trial) {
		t.put("old", body)
		old, err := t.Head(t, "old")
		t.ok(err, "Head")
		upload, err := t.Begin(t, "new", "")
		t.ok(err, "Begin")
		t.put("old", []byte("what is there now"))
		_, replaced := t.CopyPart(t, "old", old.ETag, "new", upload, 1, 0, 1)
		t.delete("old")
		_, missing := t.CopyPart(t, "old", old.ETag, "new", upload, 1, 0, 1)
		t.wantNoParts("new", upload)
		t.put("old", body)
		_, ended := t.CopyPart(t, "old", old.ETag, "new", upload, 1, 0, 1)
		for want, err := range map[error]error{store.ErrReplaced: replaced, store.ErrMissing: missing, store.ErrNoUpload: ended} {
			if !errors.Is(err, want) {
				t.Errorf("CopyPart: %v, want the error: %v", err, want)
			}
		}
	}},
}

// wantCopy copies, and wants the copy's bytes with their checksum.
func (t *Trial) wantCopy(from, to string, body []byte) {
	o, err := t.Copy(t, from, int64(len(body)), to)
	if err != nil || o.Key != to || o.CRC64NVME != store.Sum(body) || o.Size != int64(len(body)) {
		t.Errorf("Copy(%q, %q) = %+v, %v; want %d bytes with CRC64NVME %s", from, to, o, err, len(body), store.Sum(body))
	}
	t.wantBody(to, body)
	t.wantSum(to, body)
}

// wantCopyInParts copies old to new in parts of 5 MiB.
func (t *Trial) wantCopyInParts(whole []byte) {
	old, err := t.Head(t, "old")
	t.ok(err, "Head")
	upload, err := t.BeginCopy(t, "old", "new")
	t.ok(err, "BeginCopy")
	const step = 5 << 20
	var parts []store.Part
	for at := 0; at < len(whole); at += step {
		n, end := int32(len(parts)+1), min(at+step, len(whole))
		p, err := t.CopyPart(t, "old", old.ETag, "new", upload, n, int64(at), int64(end-at))
		t.ok(err, "CopyPart %d", n)
		if want := store.Sum(whole[at:end]); p.CRC64NVME != want {
			t.Errorf("CopyPart %d: CRC64NVME %q, want the part's own, %q", n, p.CRC64NVME, want)
		}
		parts = append(parts, p)
	}
	t.ok2(t.Complete(t, "new", upload, parts, int64(len(whole)), store.Sum(whole)))("Complete of copied parts")
	t.wantBody("new", whole)
	t.wantSum("new", whole)
}

// putCRC32 puts an object as other programs do, which have the SDK choose.
func (t *Trial) putCRC32(key string, body []byte) {
	_, err := t.Client.PutObject(t, &s3.PutObjectInput{
		Bucket: aws.String(t.Bucket()), Key: &key, Body: bytes.NewReader(body), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	})
	t.ok(err, "PutObject(%q)", key)
}
