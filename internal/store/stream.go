package store

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/minio/crc64nvme"
)

// PartFrom sends piece n as body gives its size bytes, without keeping them.
// Their CRC64NVME, taken as they pass, follows them as a trailer: the bucket
// refuses a piece that changed on the way. Nothing is repeated here, since
// body can't be read twice. A body that fails, or ends too early, leaves no
// piece. The connection may read body for a moment longer than the call lasts.
//
// The SDK's own trailer would be the same bytes, but its way to sum them takes
// thirty times as long; so it is told that there is nothing to sum.
func (s *Store) PartFrom(ctx context.Context, key, upload string, n int32, body io.Reader, size int64) (Part, error) {
	sealed := seal(body, size)
	out, err := s.client.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &s.bucket, Key: &key, UploadId: &upload, PartNumber: &n,
		Body: sealed, ContentLength: aws.Int64(sealed.length()),
	}, once, sealed.announce)
	if err != nil {
		return Part{}, s.uploadTrouble(ctx, fmt.Sprintf("put part %d of", n), key, err)
	}
	p := Part{Number: n, Size: size, ETag: aws.ToString(out.ETag), CRC64NVME: SumText(sealed.crc)}
	if got := aws.ToString(out.ChecksumCRC64NVME); got != "" && got != p.CRC64NVME {
		return Part{}, s.trouble(ctx, fmt.Sprintf("put part %d of", n), key, fmt.Errorf("%w: %q, not %q", errDiffers, got, p.CRC64NVME))
	}
	return p, nil
}

func once(o *s3.Options) {
	o.Retryer = aws.NopRetryer{}
	o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
}

// A sealed body is in the framing that S3 calls aws-chunked: one chunk, its
// length in front in hexadecimal, and the checksum as a trailer.
type sealed struct {
	body  io.Reader
	size  int64
	left  int64
	crc   uint64
	frame []byte // to be sent before what comes next
	ended bool   // the trailer is in frame
}

const trailerName = "x-amz-checksum-crc64nvme"

func seal(body io.Reader, size int64) *sealed {
	return &sealed{body: body, size: size, left: size, frame: append(strconv.AppendInt(nil, size, 16), "\r\n"...)}
}

// end is what follows the bytes.
func (s *sealed) end() []byte {
	return []byte("\r\n0\r\n" + trailerName + ":" + SumText(s.crc) + "\r\n\r\n")
}

// length counts the framing in.
func (s *sealed) length() int64 {
	return int64(len(strconv.FormatInt(s.size, 16))+2+len(s.end())) + s.size
}

func (s *sealed) Read(p []byte) (int, error) {
	done := copy(p, s.frame)
	s.frame = s.frame[done:]
	switch {
	case len(s.frame) > 0 || done == len(p):
		return done, nil
	case s.ended:
		return done, io.EOF
	}
	n, err := s.body.Read(p[done:min(int64(len(p)), int64(done)+s.left)])
	s.crc = crc64nvme.Update(s.crc, p[done:done+n])
	s.left -= int64(n)
	return done + n, s.close(err)
}

// close adds the trailer once all bytes have passed.
func (s *sealed) close(err error) error {
	switch {
	case err != nil && err != io.EOF:
		return err
	case s.left == 0:
		s.ended, s.frame = true, s.end()
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	}
	return nil
}

// announce says in the header what the body is made of.
func (s *sealed) announce(o *s3.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("MapkeepSealedBody",
			func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
				if r, is := in.Request.(*smithyhttp.Request); is {
					r.Header.Set("Content-Encoding", "aws-chunked")
					r.Header.Set("X-Amz-Decoded-Content-Length", strconv.FormatInt(s.size, 10))
					r.Header.Set("X-Amz-Sdk-Checksum-Algorithm", "CRC64NVME")
					r.Header.Set("X-Amz-Trailer", trailerName)
				}
				return next.HandleFinalize(v4.SetPayloadHash(ctx, "STREAMING-UNSIGNED-PAYLOAD-TRAILER"), in)
			}), "ComputePayloadHash", middleware.Before)
	})
}
