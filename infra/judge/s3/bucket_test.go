//go:build judges

package s3_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra"
	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/internal/store"
)

// bucket is one as the stack makes it: it keeps versions.
type bucket struct {
	*store.Store
	minio
	client *s3.Client
}

func newBucket(t testing.TB, m minio) *bucket {
	t.Helper()
	client, name := m.open(t), "maps"
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name})
	if err == nil {
		_, err = client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
			Bucket: &name, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
		})
	}
	if err != nil {
		t.Fatalf("make a bucket: %v", err)
	}
	return &bucket{store.New(client, name), m, client}
}

// stackRules are the lifecycle rules of template.yaml as S3 is told them.
func stackRules(t testing.TB) []types.LifecycleRule {
	t.Helper()
	stack, err := infra.Template()
	if err != nil {
		t.Fatal(err)
	}
	var rules []types.LifecycleRule
	for _, r := range stack.Rules {
		rule := types.LifecycleRule{ID: &r.ID, Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: &r.Prefix}}
		if r.Tag.Key != "" {
			rule.Filter = &types.LifecycleRuleFilter{Tag: &types.Tag{Key: &r.Tag.Key, Value: &r.Tag.Value}}
		}
		switch {
		case r.Expire > 0:
			rule.Expiration = &types.LifecycleExpiration{Days: aws.Int32(int32(r.Expire))}
		case r.DeleteMarkers:
			rule.Expiration = &types.LifecycleExpiration{ExpiredObjectDeleteMarker: aws.Bool(true)}
		case r.Noncurrent > 0:
			rule.NoncurrentVersionExpiration = &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(int32(r.Noncurrent))}
		case r.Uploads > 0:
			rule.AbortIncompleteMultipartUpload = &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(int32(r.Uploads))}
		}
		rules = append(rules, rule)
	}
	return rules
}

// rules gives the bucket the stack's rules, but for the one about uploads, which
// MinIO does not know (TestUnfinishedUploads).
func (b *bucket) rules(t testing.TB, change func(types.LifecycleRule) types.LifecycleRule) {
	t.Helper()
	var rules []types.LifecycleRule
	for _, r := range stackRules(t) {
		if r.AbortIncompleteMultipartUpload == nil {
			rules = append(rules, change(r))
		}
	}
	_, err := b.client.PutBucketLifecycleConfiguration(t.Context(), &s3.PutBucketLifecycleConfigurationInput{
		Bucket: aws.String(b.Bucket()), LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: rules},
	})
	if err != nil {
		t.Fatalf("PutBucketLifecycleConfiguration: %v", err)
	}
}

// aged has MinIO take an object, or a marker, for one of that age: it believes
// a header that its own mirroring sends.
func aged(age time.Duration) func(*s3.Options) {
	then := time.Now().Add(-age).UTC().Format(time.RFC3339Nano)
	return s3.WithAPIOptions(smithyhttp.SetHeaderValue("X-Minio-Source-Mtime", then))
}

func (b *bucket) put(t testing.TB, key string, age time.Duration, tags map[string]string) {
	t.Helper()
	aging := store.New(s3.New(b.client.Options(), aged(age)), b.Bucket())
	err := aging.Put(t.Context(), key, []byte(key), "")
	if err == nil && tags != nil {
		err = b.Tag(t.Context(), key, tags)
	}
	if err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

func (b *bucket) delete(t testing.TB, key string, age time.Duration) {
	t.Helper()
	if _, err := b.client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String(b.Bucket()), Key: &key}, aged(age)); err != nil {
		t.Fatalf("delete %s: %v", key, err)
	}
}

// withoutTag gives the bucket an expiry rule that looks at no tag, and reports
// whether an object that was to stay goes.
func (b *bucket) withoutTag(t testing.TB, key string) bool {
	t.Helper()
	b.rules(t, func(r types.LifecycleRule) types.LifecycleRule {
		if r.Filter.Tag != nil {
			r.Filter = &types.LifecycleRuleFilter{Prefix: aws.String("")}
		}
		return r
	})
	until(t, key+" goes by a rule without a tag", func() bool { return b.gone(t, key) })
	return true
}

// wantKeys wants each key to be there or not.
func (b *bucket) wantKeys(t testing.TB, j *judge.Judge, what string, want map[string]bool) {
	t.Helper()
	got := map[string]bool{}
	for key := range want {
		got[key] = !b.gone(t, key)
	}
	j.Case(what, cmp.Diff(want, got))
}
