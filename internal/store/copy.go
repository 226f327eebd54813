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
	"golang.org/x/sync/errgroup"
)

// wholeCopy is what S3 takes in one CopyObject.
const wholeCopy = 5 << 30

// limits are the lengths of parts.
type limits struct {
	piece    int64 // of an Upload
	copyPart int64 // the least of a copy
}

// s3Limits: copied parts of 512 MiB need no memory of ours and keep every
// request well under a minute.
var s3Limits = limits{piece: 16 << 20, copyPart: 512 << 20}

// copyAtOnce parts are copied inside the bucket at a time: the bytes don't
// pass here, and S3 takes thousands of requests a second.
const copyAtOnce = 16

// Copy copies an object of size bytes inside the bucket, with its content
// type and CRC64NVME but none of its tags: a copy of an expired backup must
// not expire. A source that is gone is ErrMissing. S3 refuses more than 5 GB
// in one piece; not every server does, and copying parts is worse where it
// can be spared: versitygw 1.8.0 then takes the whole source's checksum for
// that of each part.
func (s *Store) Copy(ctx context.Context, from string, size int64, to string) (Object, error) {
	o, err := s.copyWhole(ctx, from, size, to)
	if size > wholeCopy && code(err) == "InvalidRequest" {
		o, err = s.copyParts(ctx, from, to)
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

func (s *Store) copyParts(ctx context.Context, from, to string) (o Object, err error) {
	source, err := s.head(ctx, from)
	if err != nil {
		return Object{}, err
	}
	upload, err := s.Begin(ctx, to, aws.ToString(source.ContentType))
	if err != nil {
		return Object{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Abort(context.WithoutCancel(ctx), to, upload))
		}
	}()
	size := aws.ToInt64(source.ContentLength)
	step := max(s.limits.copyPart, (size+MaxParts-1)/MaxParts)
	parts := make([]Part, (size+step-1)/step)
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(copyAtOnce)
	for i := range parts {
		group.Go(func() (err error) {
			at := int64(i) * step
			parts[i], err = s.copyPart(groupCtx, from, to, upload, int32(i+1), at, min(step, size-at), source.ETag)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return Object{}, err
	}
	return s.complete(ctx, to, upload, parts, size, aws.ToString(source.ChecksumCRC64NVME), false)
}

func (s *Store) copyPart(ctx context.Context, from, to, upload string, n int32, at, length int64, etag *string) (Part, error) {
	out, err := s.client.UploadPartCopy(ctx, &s3.UploadPartCopyInput{
		Bucket: &s.bucket, Key: &to, UploadId: &upload, PartNumber: &n,
		CopySource: s.copySource(from), CopySourceRange: aws.String(fmt.Sprintf("bytes=%d-%d", at, at+length-1)),
		CopySourceIfMatch: etag,
	})
	if err != nil {
		return Part{}, err
	}
	r := out.CopyPartResult
	if r == nil {
		return Part{}, errors.New("the answer is empty")
	}
	return Part{n, length, aws.ToString(r.ETag), aws.ToString(r.ChecksumCRC64NVME)}, nil
}

// copySource is how S3 wants a copy's source: bucket and key, escaped but for the
// slashes. All that may be is escaped: S3 reads a plus as a space, and
// LocalStack nothing behind a semicolon.
func (s *Store) copySource(key string) *string {
	escaped := url.QueryEscape(s.bucket + "/" + key)
	return aws.String(strings.NewReplacer("+", "%20", "%2F", "/").Replace(escaped))
}
