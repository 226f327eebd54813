package store

import (
	"errors"
	"strconv"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// RetryAfter is how long the bucket asks to be left alone, 0 where it does not
// say: most S3 servers only say that they are too busy.
func (p *problem) RetryAfter() time.Duration {
	var answer *awshttp.ResponseError
	if !errors.As(p.err, &answer) || answer.Response == nil {
		return 0
	}
	seconds, err := strconv.Atoi(answer.Response.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
