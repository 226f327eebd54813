package store

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Get reads a whole object into memory and compares it with its checksum. A
// key without object is ErrMissing, also where the bucket says 403 for it.
func (s *Store) Get(ctx context.Context, key string) ([]byte, error) {
	r, _, err := s.Reader(ctx, key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// Slice reads n bytes of an object from at on. Fewer there are wraps
// io.ErrUnexpectedEOF. A part of an object has no checksum to compare with.
func (s *Store) Slice(ctx context.Context, key string, at, n int64) ([]byte, error) {
	if n <= 0 {
		return nil, nil
	}
	span := fmt.Sprintf("bytes=%d-%d", at, at+n-1)
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.bucket, Key: &key, Range: &span})
	if code(err) == "InvalidRange" {
		return nil, fmt.Errorf("get %s: no byte %d: %w", key, at, io.ErrUnexpectedEOF)
	}
	if err != nil {
		return nil, s.lookTrouble(ctx, "get", key, err)
	}
	defer out.Body.Close()
	body := make([]byte, n)
	got, err := io.ReadFull(out.Body, body)
	switch {
	case err == nil:
		return body, nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		if int64(got) == aws.ToInt64(out.ContentLength) {
			return nil, fmt.Errorf("get %s: %d bytes from byte %d, not %d: %w", key, got, at, n, io.ErrUnexpectedEOF)
		}
	}
	return nil, s.trouble(ctx, "get", key, err)
}

// Reader reads an object from its first byte. The end is io.EOF only when all
// bytes came and give the object's checksum; else the last Read fails, with
// ErrAltered where bytes changed.
func (s *Store) Reader(ctx context.Context, key string) (io.ReadCloser, Object, error) {
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{
		Bucket: &s.bucket, Key: &key, ChecksumMode: types.ChecksumModeEnabled,
	})
	if err != nil {
		return nil, Object{}, s.lookTrouble(ctx, "get", key, err)
	}
	o := Object{
		Key: key, Size: aws.ToInt64(out.ContentLength), CRC64NVME: aws.ToString(out.ChecksumCRC64NVME),
		ETag: aws.ToString(out.ETag), Modified: aws.ToTime(out.LastModified),
	}
	return &reader{out.Body, o.Size, func(err error) error { return s.trouble(ctx, "get", key, err) }}, o, nil
}

// reader puts errors of a body into words.
type reader struct {
	io.ReadCloser
	left    int64
	trouble func(error) error
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.left -= int64(n)
	switch {
	case err == nil:
	case err == io.EOF && r.left > 0:
		err = r.trouble(io.ErrUnexpectedEOF)
	case err == io.EOF:
	case r.left == 0: // all bytes came, and the SDK compared them
		err = r.trouble(ErrAltered)
	default:
		err = r.trouble(err)
	}
	return n, err
}

// Head is what the bucket says about an object; ErrMissing like Get.
func (s *Store) Head(ctx context.Context, key string) (Object, error) {
	out, err := s.head(ctx, key)
	if err != nil {
		return Object{}, s.lookTrouble(ctx, "look at", key, err)
	}
	return Object{
		Key: key, Size: aws.ToInt64(out.ContentLength), CRC64NVME: aws.ToString(out.ChecksumCRC64NVME),
		ETag: aws.ToString(out.ETag), Modified: aws.ToTime(out.LastModified),
	}, nil
}

func (s *Store) head(ctx context.Context, key string) (*s3.HeadObjectOutput, error) {
	return s.client.HeadObject(ctx, &s3.HeadObjectInput{
		Bucket: &s.bucket, Key: &key, ChecksumMode: types.ChecksumModeEnabled,
	})
}

// summed is an object that was just written, with its CRC64NVME, also where the
// answer named none: MinIO's to a copy, and versitygw's to a completion that it
// is asked for again.
func (s *Store) summed(ctx context.Context, o Object) (Object, error) {
	if o.CRC64NVME != "" {
		return o, nil
	}
	out, err := s.head(ctx, o.Key)
	if err != nil {
		return Object{}, err
	}
	o.CRC64NVME = aws.ToString(out.ChecksumCRC64NVME)
	return o, nil
}

// Exists reports whether there is an object of that key. It asks by a
// listing: without s3:ListBucket for all keys, GetObject and HeadObject say
// 403 for a key that is missing, and a right to list that is conditioned on
// prefixes does not change their answer.
func (s *Store) Exists(ctx context.Context, key string) (bool, error) {
	out, err := s.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{
		Bucket: &s.bucket, Prefix: &key, MaxKeys: aws.Int32(1), // the key itself sorts before all that begin with it
		EncodingType: types.EncodingTypeUrl, // as in pages
	})
	if err != nil {
		return false, s.trouble(ctx, "look for", key, err)
	}
	return len(out.Contents) > 0 && decode(out.EncodingType, out.Contents[0].Key) == key, nil
}

// lookTrouble is trouble for verbs that read one key: it says ErrMissing where
// there is no object.
func (s *Store) lookTrouble(ctx context.Context, verb, key string, err error) error {
	switch code(err) {
	case "NoSuchKey", "NotFound":
		return fmt.Errorf("%s %s: %w", verb, key, ErrMissing)
	case "AccessDenied", "Forbidden":
		if there, lookErr := s.Exists(ctx, key); lookErr == nil && !there {
			return fmt.Errorf("%s %s: %w", verb, key, ErrMissing)
		}
	}
	return s.trouble(ctx, verb, key, err)
}
