package store

import (
	"bytes"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// typeJSON is the content type of all that Mapkeep writes about a backup.
const typeJSON = "application/json"

// Put writes an object, over what was there. The bucket checks body's
// CRC64NVME before it takes it. Content type "" is JSON.
func (s *Store) Put(ctx context.Context, key string, body []byte, contentType string) error {
	_, err := s.put(ctx, key, body, contentType, false)
	return s.trouble(ctx, "put", key, err)
}

// Create writes a JSON object where there is none, and reports whether it
// did. Not created says only that the key is taken, and it may be by an
// earlier call of the same writer whose answer got lost: read it back.
func (s *Store) Create(ctx context.Context, key string, body []byte) (bool, error) {
	_, err := s.put(ctx, key, body, typeJSON, true)
	if code(err) == preconditionFailed {
		return false, nil
	}
	return err == nil, s.trouble(ctx, "create", key, err)
}

func (s *Store) put(ctx context.Context, key string, body []byte, contentType string, fresh bool) (Object, error) {
	o := Object{Key: key, Size: int64(len(body)), CRC64NVME: Sum(body)}
	in := &s3.PutObjectInput{
		Bucket: &s.bucket, Key: &key, Body: bytes.NewReader(body),
		ContentType: aws.String(typeOr(contentType)), ChecksumCRC64NVME: &o.CRC64NVME,
	}
	if fresh {
		in.IfNoneMatch = aws.String("*")
	}
	out, err := s.client.PutObject(ctx, in, repeatRaces, unsigned)
	if err != nil {
		return Object{}, err
	}
	o.ETag = aws.ToString(out.ETag)
	return o, nil
}

// repeatRaces adds what S3 answers when two conditional writes meet to what
// the SDK repeats; the repetition then finds out who won.
func repeatRaces(o *s3.Options) {
	o.Retryer = retry.AddWithErrorCodes(o.Retryer, "ConditionalRequestConflict", "OperationAborted")
}

func typeOr(contentType string) string {
	if contentType == "" {
		return typeJSON
	}
	return contentType
}
