package store

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/mapkeep/mapkeep/internal/fault"
)

const preconditionFailed = "PreconditionFailed"

// refusals are S3's words for a no that repeating does not mend, and ours.
var refusals = map[string]string{
	"AccessDenied":                 "this account lacks the right to do that",
	"Forbidden":                    "this account lacks the right to do that",
	"AllAccessDisabled":            "the bucket is closed to everybody",
	"InvalidAccessKeyId":           "the bucket does not know this account",
	"XAdminUserNotFound":           "the bucket does not know this account",
	"SignatureDoesNotMatch":        "the account's secret key is wrong",
	"ExpiredToken":                 "the account's session is over: sign in to AWS again",
	"InvalidToken":                 "the account's session is not valid: sign in to AWS again",
	"InvalidTokenId":               "the account's session is not valid: sign in to AWS again",
	"RequestTimeTooSkewed":         "this computer's clock is wrong",
	"NoSuchBucket":                 "there is no such bucket",
	"InvalidBucketName":            "a bucket can't have this name",
	"PermanentRedirect":            "the bucket lies in another region: set AWS_REGION to it",
	"MovedPermanently":             "the bucket lies in another region: set AWS_REGION to it",
	"AuthorizationHeaderMalformed": "the bucket lies in another region: set AWS_REGION to it",
	"InsufficientStorage":          "the disk is full",
	"QuotaExceeded":                "the disk quota is used up",
	"KeyTooLongError":              "the name is too long",
	"ObjectParentIsFile":           "a folder of that name can't be made, since a file has it",
	"ExistingObjectIsDirectory":    "a file of that name can't be made, since a folder has it",
}

// waits are answers in the 400s that the next try may not meet.
var waits = map[string]bool{
	"RequestTimeout": true, "SlowDown": true, "TooManyRequests": true, "OperationAborted": true,
	"ConditionalRequestConflict": true, "BadDigest": true, "IncompleteBody": true,
	"XAmzContentChecksumMismatch": true, "XAmzContentSHA256Mismatch": true,
}

// trouble puts err into words a person understands, with the verb and the key
// in front, and gives it its kind: fault.StoreUnavailable or
// fault.StoreRefused. The end of ctx passes through without a kind, and an
// error that has its kind keeps it.
func (s *Store) trouble(ctx context.Context, verb, key string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s %s: %w", verb, key, ctx.Err())
	}
	if fault.Of(err) != "" {
		return err
	}
	kind, text := judge(err)
	return fault.As(kind, &problem{fmt.Sprintf("%s %s in bucket %s: %s", verb, key, s.bucket, text), err})
}

// A problem is an error in our words; the cause stays behind it.
type problem struct {
	text string
	err  error
}

func (p *problem) Error() string { return p.text }
func (p *problem) Unwrap() error { return p.err }

func judge(err error) (fault.Kind, string) {
	if errors.Is(err, ErrAltered) {
		return fault.StoreRefused, err.Error()
	}
	if errors.Is(err, errDiffers) {
		return fault.StoreUnavailable, err.Error()
	}
	var untrusted *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &untrusted) || errors.As(err, &unknown) {
		return fault.StoreRefused, "the bucket's server has a certificate that is not trusted: " + cause(err)
	}
	var said smithy.APIError
	if !errors.As(err, &said) {
		return fault.StoreUnavailable, "the bucket did not answer: " + cause(err)
	}
	words := fmt.Sprintf("%s: %s", said.ErrorCode(), said.ErrorMessage())
	if ours := refusals[said.ErrorCode()]; ours != "" {
		return fault.StoreRefused, fmt.Sprintf("%s (%s)", ours, words)
	}
	if waits[said.ErrorCode()] || status(err) >= 500 || status(err) == 429 {
		return fault.StoreUnavailable, fmt.Sprintf("the bucket can't answer now (%s)", words)
	}
	return fault.StoreRefused, fmt.Sprintf("the bucket refuses (%s)", words)
}

// code is S3's word for what went wrong, "" where S3 did not say.
func code(err error) string {
	var said smithy.APIError
	if errors.As(err, &said) {
		return said.ErrorCode()
	}
	return ""
}

func status(err error) int {
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}

// cause is what the network said, else the innermost text: the SDK's own
// wrapping names the operation, the attempts and ids that help nobody here.
func cause(err error) string {
	var network *net.OpError
	if errors.As(err, &network) {
		return network.Error()
	}
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}
