//go:build localstack

// Package s3_test has LocalStack's S3 judge what Mapkeep asks of S3: the whole
// contract of package store, and a backup by the program.
package s3_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/infra/localstack"
	"github.com/mapkeep/mapkeep/internal/store/storetest"
)

const root = "../../.."

// client is an S3 client of the LocalStack beside this test.
func client(t testing.TB) *s3.Client {
	t.Helper()
	cfg, err := config.LoadDefaultConfig(t.Context(), config.WithBaseEndpoint(localstack.Open(t, root).Endpoint))
	if err != nil {
		t.Fatal(err)
	}
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle, o.DisableLogOutputChecksumValidationSkipped = true, true
	})
}

// LocalStack does as S3 does in all that a backup relies on, or
// storetest.Known says where it does not; and the contract finds one that is
// broken.
func TestContract(t *testing.T) {
	t.Parallel()
	j := judge.New(t, "LocalStack: S3", localstack.Version)
	client := client(t)
	storetest.Contract(t, storetest.LocalStack, storetest.Cases(), client, j)
	for _, f := range storetest.Faults(storetest.LocalStack) {
		j.Bites(f.Name, f.Found(t.Context(), client))
	}
}
