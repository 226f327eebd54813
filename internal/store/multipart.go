package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// MaxParts is how many parts S3 takes in one upload.
const MaxParts = 10_000

// ErrNoUpload says that the upload does not exist: completed, aborted, or
// ended by the bucket's lifecycle rule.
var ErrNoUpload = errors.New("there is no such upload")

// errDiffers says that the bucket gave a checksum other than ours.
var errDiffers = errors.New("the bucket's checksum differs from what was sent")

// A Part is one piece of an upload, as the bucket has it.
type Part struct {
	Number    int32 // from 1
	Size      int64
	ETag      string
	CRC64NVME string // of this part alone
}

// Begin starts an upload in parts and gives its id. Nothing is visible under
// the key before Complete; what is never completed costs until the bucket's
// lifecycle rule ends it.
func (s *Store) Begin(ctx context.Context, key, contentType string) (string, error) {
	out, err := s.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket: &s.bucket, Key: &key, ContentType: aws.String(typeOr(contentType)),
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme, ChecksumType: types.ChecksumTypeFullObject,
	})
	if err != nil {
		return "", s.trouble(ctx, "begin", key, err)
	}
	return aws.ToString(out.UploadId), nil
}

// Part sends piece n, over an earlier one of that number. Every part but the
// last has at least 5 MiB.
func (s *Store) Part(ctx context.Context, key, upload string, n int32, body []byte) (Part, error) {
	p := Part{Number: n, Size: int64(len(body)), CRC64NVME: Sum(body)}
	out, err := s.client.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &s.bucket, Key: &key, UploadId: &upload, PartNumber: &n,
		Body: bytes.NewReader(body), ChecksumCRC64NVME: &p.CRC64NVME,
	}, unsigned)
	if err != nil {
		return Part{}, s.uploadTrouble(ctx, fmt.Sprintf("put part %d of", n), key, err)
	}
	p.ETag = aws.ToString(out.ETag)
	return p, nil
}

// unsigned leaves a part's SHA-256 out of the signature where TLS protects it
// on the way: the checksum is signed and tells the same, and hashing the
// bytes twice is the dearest thing a transfer does.
func unsigned(o *s3.Options) {
	if o.BaseEndpoint == nil || strings.HasPrefix(*o.BaseEndpoint, "https:") {
		o.APIOptions = append(o.APIOptions, v4.SwapComputePayloadSHA256ForUnsignedPayloadMiddleware)
	}
}

// Parts are the pieces of an upload that the bucket has, by their numbers.
func (s *Store) Parts(ctx context.Context, key, upload string) ([]Part, error) {
	var parts []Part
	pages := s3.NewListPartsPaginator(s.client, &s3.ListPartsInput{Bucket: &s.bucket, Key: &key, UploadId: &upload})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, s.uploadTrouble(ctx, "list parts of", key, err)
		}
		for _, p := range page.Parts {
			parts = append(parts, Part{
				aws.ToInt32(p.PartNumber), aws.ToInt64(p.Size), aws.ToString(p.ETag), aws.ToString(p.ChecksumCRC64NVME),
			})
		}
	}
	return parts, nil
}

// Complete makes the object of its parts visible. The bucket refuses unless
// they have size bytes together and the CRC64NVME crc, and its answer is
// compared again.
func (s *Store) Complete(ctx context.Context, key, upload string, parts []Part, size int64, crc string) (Object, error) {
	o, err := s.complete(ctx, key, upload, parts, size, crc, false)
	return o, s.uploadTrouble(ctx, "complete", key, err)
}

func (s *Store) complete(ctx context.Context, key, upload string, parts []Part, size int64, crc string, fresh bool) (Object, error) {
	in := &s3.CompleteMultipartUploadInput{
		Bucket: &s.bucket, Key: &key, UploadId: &upload,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: completed(parts)},
		MpuObjectSize:   &size, ChecksumType: types.ChecksumTypeFullObject,
	}
	if crc != "" {
		in.ChecksumCRC64NVME = &crc
	}
	if fresh {
		in.IfNoneMatch = aws.String("*")
	}
	out, err := s.client.CompleteMultipartUpload(ctx, in)
	if err != nil {
		return Object{}, err
	}
	o, err := s.summed(ctx, Object{Key: key, Size: size, CRC64NVME: aws.ToString(out.ChecksumCRC64NVME), ETag: aws.ToString(out.ETag)})
	if err != nil {
		return Object{}, err
	}
	if crc != "" && o.CRC64NVME != crc {
		return Object{}, fmt.Errorf("%w: %q, not %q", errDiffers, o.CRC64NVME, crc)
	}
	return o, nil
}

func completed(parts []Part) []types.CompletedPart {
	list := make([]types.CompletedPart, 0, len(parts))
	for _, p := range parts {
		c := types.CompletedPart{PartNumber: aws.Int32(p.Number), ETag: aws.String(p.ETag)}
		if p.CRC64NVME != "" {
			c.ChecksumCRC64NVME = aws.String(p.CRC64NVME)
		}
		list = append(list, c)
	}
	return list
}

// Abort ends an upload and drops its parts. One that does not exist is none
// to end: nil.
func (s *Store) Abort(ctx context.Context, key, upload string) error {
	_, err := s.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
		Bucket: &s.bucket, Key: &key, UploadId: &upload,
	})
	if err = s.uploadTrouble(ctx, "abort", key, err); errors.Is(err, ErrNoUpload) {
		return nil
	}
	return err
}

func (s *Store) uploadTrouble(ctx context.Context, verb, key string, err error) error {
	if c := code(err); c == "NoSuchUpload" || strings.HasPrefix(c, "InvalidPart") {
		return fmt.Errorf("%s %s: %w", verb, key, ErrNoUpload)
	}
	return s.trouble(ctx, verb, key, err)
}
