//go:build localstack

package s3_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/infra/judge/s3/program"
	"github.com/mapkeep/mapkeep/infra/localstack"
)

// A backup by the program into LocalStack's S3 is the one that it makes in a
// folder.
func TestRun(t *testing.T) {
	t.Parallel()
	j := judge.New(t, "LocalStack: S3", localstack.Version)
	cloud := localstack.Open(t, root)
	if _, err := client(t).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("maps")}); err != nil {
		t.Fatalf("CreateBucket: %v", err)
	}
	program.Build(t, root,
		"AWS_ENDPOINT_URL_S3="+cloud.Endpoint, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
	).Same("s3://maps/town", j)
}
