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
)

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
