package objects_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/minio/crc64nvme"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
	"github.com/mapkeep/mapkeep/infra/mapkeep/objects/objectstest"
)

// What a backup needs of S3, each verb once, so that another version of the
// gateway shows here what it changed.

var bucket = aws.String(objects.Bucket)

func TestAnObjectIsMadeOnce(t *testing.T) {
	t.Parallel()
	c := objectstest.Client(t, objectstest.Start(t))
	put(t, c, "manifest.json", "1")
	_, err := c.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: bucket, Key: aws.String("manifest.json"), Body: strings.NewReader("2"), IfNoneMatch: aws.String("*"),
	})
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "PreconditionFailed" {
		t.Errorf("PutObject again with If-None-Match: %v, want PreconditionFailed", err)
	}
	if _, err := c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String("manifest.json")}); err != nil {
		t.Errorf("DeleteObject: %v", err)
	}
	put(t, c, "manifest.json", "3")
	if got := get(t, c, "manifest.json"); got != "3" {
		t.Errorf("object made again: %q, want 3", got)
	}
}

func TestTagsAreReplacedOnACopy(t *testing.T) {
	t.Parallel()
	c := objectstest.Client(t, objectstest.Start(t))
	put(t, c, "old/a", "1")
	tags := types.Tagging{TagSet: []types.Tag{{Key: aws.String("mapkeep"), Value: aws.String("expired")}}}
	if _, err := c.PutObjectTagging(t.Context(), &s3.PutObjectTaggingInput{Bucket: bucket, Key: aws.String("old/a"), Tagging: &tags}); err != nil {
		t.Fatalf("PutObjectTagging: %v", err)
	}
	_, err := c.CopyObject(t.Context(), &s3.CopyObjectInput{
		Bucket: bucket, Key: aws.String("new/a"), CopySource: aws.String(objects.Bucket + "/old/a"), TaggingDirective: types.TaggingDirectiveReplace,
	})
	if err != nil {
		t.Fatalf("CopyObject: %v", err)
	}
	for key, want := range map[string]int{"old/a": 1, "new/a": 0} {
		out, err := c.GetObjectTagging(t.Context(), &s3.GetObjectTaggingInput{Bucket: bucket, Key: &key})
		if err != nil || len(out.TagSet) != want {
			t.Errorf("GetObjectTagging %s: %v, %v, want %d tags", key, out, err, want)
		}
	}
}

func TestPartsStreamAndAreCheckedAsOne(t *testing.T) {
	t.Parallel()
	c := objectstest.Client(t, objectstest.Start(t))
	content := bytes.Repeat([]byte("0123456789abcdef"), 6<<20/16)
	sum := crc64nvme.New()
	sum.Write(content) //nolint:errcheck // it never fails
	checksum := base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, sum.Sum64()))

	key := aws.String("big.zip")
	up, err := c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{
		Bucket: bucket, Key: key, ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme, ChecksumType: types.ChecksumTypeFullObject,
	})
	if err != nil {
		t.Fatalf("CreateMultipartUpload: %v", err)
	}
	var parts []types.CompletedPart
	for i, piece := range [][]byte{content[:5<<20], content[5<<20:]} {
		number := aws.Int32(int32(i + 1))
		part, err := c.UploadPart(t.Context(), &s3.UploadPartInput{
			Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: number, ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme,
			ContentLength: aws.Int64(int64(len(piece))), Body: io.NopCloser(bytes.NewReader(piece)), // can't be read twice
		})
		if err != nil {
			t.Fatalf("UploadPart %d: %v", *number, err)
		}
		parts = append(parts, types.CompletedPart{ETag: part.ETag, PartNumber: number, ChecksumCRC64NVME: part.ChecksumCRC64NVME})
	}
	complete := s3.CompleteMultipartUploadInput{
		Bucket: bucket, Key: key, UploadId: up.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		ChecksumType: types.ChecksumTypeFullObject, ChecksumCRC64NVME: aws.String("AAAAAAAAAAA="), IfNoneMatch: aws.String("*"),
	}
	if _, err := c.CompleteMultipartUpload(t.Context(), &complete); err == nil {
		t.Fatalf("CompleteMultipartUpload with a wrong checksum: no error")
	}
	complete.ChecksumCRC64NVME = &checksum
	if _, err := c.CompleteMultipartUpload(t.Context(), &complete); err != nil {
		t.Fatalf("CompleteMultipartUpload: %v", err)
	}
	head, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: key, ChecksumMode: types.ChecksumModeEnabled})
	if err != nil || aws.ToString(head.ChecksumCRC64NVME) != checksum || aws.ToInt64(head.ContentLength) != int64(len(content)) {
		t.Errorf("HeadObject: %v, %v, want %d bytes, CRC64NVME %s", head, err, len(content), checksum)
	}
}
