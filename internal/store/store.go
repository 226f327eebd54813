// Package store is the bucket: small verbs over S3 (put, get, copy, tag,
// list, multipart). It knows keys and bytes, neither what a backup is nor
// where things lie (package layout does), and it has no verb that deletes:
// deleting is left to the bucket's lifecycle rules. Start with Store; what
// goes wrong is put into words in trouble.go.
//
// Every verb may be called twice: the second call finds or writes the same.
package store

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/minio/crc64nvme"

	"github.com/mapkeep/mapkeep/internal/account"
	"github.com/mapkeep/mapkeep/internal/fault"
)

// idle is how many connections to the bucket are kept for the next request.
// Records are read 32 at a time and a copy runs 16 parts, so the SDK's own 10
// would open and drop connections all the time.
const idle = 64

// ErrMissing says that there is no object of that key. It is of no kind: only
// the caller knows whether that is bad.
var ErrMissing = errors.New("there is no such object")

// ErrAltered says that an object's bytes don't give the checksum that the
// bucket keeps for it.
var ErrAltered = errors.New("the bytes differ from the checksum that the bucket keeps for them")

// Store is one bucket.
type Store struct {
	client *s3.Client
	bucket string
	limits limits
}

// Object is what the bucket says about one object.
type Object struct {
	Key       string
	Size      int64
	CRC64NVME string // base64, as S3 shows it; "" where the bucket has none, and in listings
	ETag      string
	Modified  time.Time
}

// Open is the bucket of that name, by the ordinary AWS environment: region,
// credentials, AWS_ENDPOINT_URL_S3, AWS_CA_BUNDLE. It asks the bucket
// nothing. No credentials or no region are fault.StoreRefused.
func Open(ctx context.Context, bucket string) (*Store, error) {
	pool := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns, t.MaxIdleConnsPerHost = idle, idle
		t.ForceAttemptHTTP2 = false // a connection for each part, not one for all
	})
	cfg, err := account.Load(ctx, pool)
	if err != nil {
		return nil, fault.As(fault.StoreRefused, fmt.Errorf("open bucket %s: AWS settings: %w", bucket, err))
	}
	if cfg.Region == "" {
		return nil, fault.New(fault.StoreRefused, "open bucket "+bucket+": no AWS region is set (AWS_REGION)")
	}
	if err := credentials(ctx, cfg); err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", bucket, err)
	}
	return New(s3.NewFromConfig(cfg, pathStyle), bucket), nil
}

// New is the bucket as client reaches it. The client comes from a loaded
// configuration; one made of bare s3.Options sets no checksums.
func New(client *s3.Client, bucket string) *Store {
	return &Store{client, bucket, s3Limits}
}

// Bucket is the bucket's name.
func (s *Store) Bucket() string { return s.bucket }

// pathStyle asks an endpoint of somebody's own by https://host/bucket/key;
// the SDK does so by itself only when the host is an IP address. Its warning
// about objects without a stored checksum would be a line for each of them.
func pathStyle(o *s3.Options) {
	o.UsePathStyle = o.BaseEndpoint != nil
	o.DisableLogOutputChecksumValidationSkipped = true
}

// credentials asks for them once, so that their lack is said in one sentence
// and not as a failure of the first request.
func credentials(ctx context.Context, cfg aws.Config) error {
	if cfg.Credentials == nil {
		return fault.New(fault.StoreRefused, "no AWS credentials are set")
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fault.As(fault.StoreRefused, fmt.Errorf("no AWS credentials could be had: %w", err))
	}
	return nil
}

// Sum is the CRC64NVME of body as S3 writes it.
func Sum(body []byte) string { return SumText(crc64nvme.Checksum(body)) }

// SumText writes a CRC64NVME as S3 does: base64 of its 8 bytes, the highest first.
func SumText(crc uint64) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, crc))
}

// SumOf reads a CRC64NVME as S3 writes it.
func SumOf(text string) (uint64, error) {
	sum, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sum) != 8 {
		return 0, fmt.Errorf("%q is no CRC64NVME", text)
	}
	return binary.BigEndian.Uint64(sum), nil
}
