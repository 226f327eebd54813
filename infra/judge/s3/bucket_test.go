//go:build judges

package s3_test

import (
	"io"
	"regexp"
	"slices"
	"strconv"
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

// gone reports whether a key was really deleted: its newest version is a marker,
// or there is none. MinIO answers Head as if it were before it is.
func (b *bucket) gone(t testing.TB, key string) bool {
	t.Helper()
	versions := b.versions(t, key)
	return len(versions) == 0 || versions[0].marker
}

// swept returns when MinIO's scanner has walked the bucket once more from its
// beginning, and had the time of another walk to do what it decided. Nothing
// is asked of the bucket meanwhile: MinIO expires what it meets in a listing, too.
func (b *bucket) swept(t testing.TB) {
	t.Helper()
	before := b.scans(t)
	until(t, "the scanner walks the bucket", func() bool { return b.scans(t) >= before+3 }) // the first may have begun already
}

// scans counts the scanner's walks by MinIO's own metrics.
func (b *bucket) scans(t testing.TB) int {
	t.Helper()
	answer, err := b.web.Get(b.endpoint + "/minio/metrics/v3/scanner")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := finished.FindSubmatch(text)
	if found == nil {
		return 0 // what is nought is left out
	}
	n, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var finished = regexp.MustCompile(`(?m)^minio_scanner_bucket_scans_finished\S* (\d+)$`)

// a version of a key, or the marker of its deletion.
type version struct {
	id     string
	marker bool
	time   time.Time
}

// versions are all of a key, the newest first.
func (b *bucket) versions(t testing.TB, key string) (all []version) {
	t.Helper()
	out, err := b.client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: aws.String(b.Bucket()), Prefix: &key})
	if err != nil {
		t.Fatalf("ListObjectVersions(%s): %v", key, err)
	}
	for _, m := range out.DeleteMarkers {
		if aws.ToString(m.Key) == key {
			all = append(all, version{aws.ToString(m.VersionId), true, aws.ToTime(m.LastModified)})
		}
	}
	for _, v := range out.Versions {
		if aws.ToString(v.Key) == key {
			all = append(all, version{aws.ToString(v.VersionId), false, aws.ToTime(v.LastModified)})
		}
	}
	slices.SortFunc(all, func(a, b version) int { return b.time.Compare(a.time) })
	return all
}

// undo brings an expired object back: the version's tags go first, if they do,
// and then the marker above it.
func (b *bucket) undo(t testing.TB, key string, tags bool) {
	t.Helper()
	versions := b.versions(t, key)
	if len(versions) != 2 || !versions[0].marker {
		t.Fatalf("%s has the versions %+v, want a marker and what it hides", key, versions)
	}
	var err error
	if tags {
		_, err = b.client.DeleteObjectTagging(t.Context(), &s3.DeleteObjectTaggingInput{Bucket: aws.String(b.Bucket()), Key: &key, VersionId: &versions[1].id})
	}
	if err == nil {
		_, err = b.client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String(b.Bucket()), Key: &key, VersionId: &versions[0].id})
	}
	if err != nil {
		t.Fatalf("bring %s back: %v", key, err)
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
