package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// wholeCopy is what S3 takes in one CopyObject.
const wholeCopy = 5 << 30

// limits are the lengths of parts.
type limits struct {
	piece int64 // of an Upload
}

var s3Limits = limits{piece: 16 << 20}

// ErrTooLong says that the bucket does not copy so much in one piece: it goes
// by BeginCopy, CopyPart and Complete.
var ErrTooLong = errors.New("it is too long to be copied in one piece")

// ErrReplaced says that another object has taken the place of the one meant.
var ErrReplaced = errors.New("another object has taken its place")

// Copy copies an object of size bytes inside the bucket, with its content
// type and CRC64NVME but none of its tags: a copy of an expired backup must
// not expire. A source that is gone is ErrMissing. S3 refuses more than 5 GB
// in one piece, which is ErrTooLong; not every server does, and copying parts
// is worse where it can be spared: versitygw 1.8.0 then takes the whole
// source's checksum for that of each part.
func (s *Store) Copy(ctx context.Context, from string, size int64, to string) (Object, error) {
	o, err := s.copyWhole(ctx, from, size, to)
	if size > wholeCopy && code(err) == "InvalidRequest" {
		return Object{}, fmt.Errorf("copy to %s from %s: %w", to, from, ErrTooLong)
	}
	return o, s.lookTrouble(ctx, "copy to "+to+" from", from, err)
}

func (s *Store) copyWhole(ctx context.Context, from string, size int64, to string) (Object, error) {
	out, err := s.client.CopyObject(ctx, &s3.CopyObjectInput{
		Bucket: &s.bucket, Key: &to, CopySource: s.copySource(from),
		TaggingDirective: types.TaggingDirectiveReplace, MetadataDirective: types.MetadataDirectiveCopy,
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme,
	})
	if err != nil {
		return Object{}, err
	}
	r := out.CopyObjectResult
	if r == nil {
		return Object{}, errors.New("the answer is empty")
	}
	o := Object{
		Key: to, Size: size, CRC64NVME: aws.ToString(r.ChecksumCRC64NVME),
		ETag: aws.ToString(r.ETag), Modified: aws.ToTime(r.LastModified),
	}
	return s.summed(ctx, o)
}

// BeginCopy starts an upload that parts of from are copied into, and gives its
// id; it gets from's content type.
func (s *Store) BeginCopy(ctx context.Context, from, to string) (string, error) {
	source, err := s.head(ctx, from)
	if err != nil {
		return "", s.lookTrouble(ctx, "look at", from, err)
	}
	return s.Begin(ctx, to, aws.ToString(source.ContentType))
}

// CopyPart copies length bytes of the object from, as long as that has etag,
// from at on into piece n of an upload. A source that is gone is ErrMissing,
// another one in its place ErrReplaced.
func (s *Store) CopyPart(ctx context.Context, from, etag, to, upload string, n int32, at, length int64) (Part, error) {
	out, err := s.client.UploadPartCopy(ctx, &s3.UploadPartCopyInput{
		Bucket: &s.bucket, Key: &to, UploadId: &upload, PartNumber: &n,
		CopySource: s.copySource(from), CopySourceRange: aws.String(fmt.Sprintf("bytes=%d-%d", at, at+length-1)),
		CopySourceIfMatch: &etag,
	})
	verb := fmt.Sprintf("copy part %d to %s from", n, to)
	switch {
	case code(err) == preconditionFailed:
		return Part{}, fmt.Errorf("%s %s: %w", verb, from, ErrReplaced)
	case code(err) == "NoSuchUpload":
		return Part{}, fmt.Errorf("%s %s: %w", verb, from, ErrNoUpload)
	case err != nil:
		return Part{}, s.lookTrouble(ctx, verb, from, err)
	case out.CopyPartResult == nil:
		return Part{}, s.trouble(ctx, verb, from, errors.New("the answer is empty"))
	}
	r := out.CopyPartResult
	return Part{n, length, aws.ToString(r.ETag), aws.ToString(r.ChecksumCRC64NVME)}, nil
}

// copySource is how S3 wants a copy's source: bucket and key, escaped but for the
// slashes. All that may be is escaped: S3 reads a plus as a space, and
// LocalStack nothing behind a semicolon.
func (s *Store) copySource(key string) *string {
	escaped := url.QueryEscape(s.bucket + "/" + key)
	return aws.String(strings.NewReplacer("+", "%20", "%2F", "/").Replace(escaped))
}
