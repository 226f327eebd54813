//go:build judges

package s3_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/internal/store"
)

const day = 24 * time.Hour

// The stack's lifecycle rules, as template.yaml has them, delete for real what
// is old enough, and nothing else.
func TestLifecycleAsItStands(t *testing.T) {
	t.Parallel()
	j := judge.New(t, "MinIO", pinned(t))
	b := newBucket(t, start(t))
	b.rules(t, func(r types.LifecycleRule) types.LifecycleRule { return r })

	want := map[string]bool{} // key, and whether it stays
	put := func(stays bool, key string, age time.Duration, tags map[string]string) {
		t.Helper()
		b.put(t, key, age, tags)
		want[key] = stays
	}
	expired, expiring := map[string]string{"mapkeep": "expired", "mapkeep-since": "2026-11-23T04:05:06Z"}, map[string]string{"mapkeep": "expiring"}
	put(false, "backup_1/parks/a.zip", 90*day, expired)
	put(false, "backup_1/manifest.json", 90*day, expired)
	put(true, "backup_2/parks/a.zip", 90*day, nil)
	put(true, "backup_2/manifest.json", 90*day, map[string]string{"mapkeep": "keep"})
	put(true, "backup_3/manifest.json", 90*day, expiring)
	put(true, "backup_4/parks/a.zip", time.Hour, expired) // a day has to pass
	put(true, "backup_5/parks/a.zip", 90*day, map[string]string{"note": "expired"})
	put(false, ".mapkeep/runs/1/items.json", 40*day, nil)
	put(true, ".mapkeep/runs/2/items.json", 29*day, nil)
	put(true, ".mapkeep/folders/backup_1", 400*day, nil)
	b.swept(t)
	b.wantKeys(t, j, "lifecycle: objects as the rules stand", want)

	// Versions: the rules keep what was replaced or deleted for seven days more.
	b.put(t, "versions/late", 30*day, nil)
	b.put(t, "versions/late", 9*day, nil) // so that the first was replaced nine days ago
	b.put(t, "versions/soon", 30*day, nil)
	b.put(t, "versions/soon", 5*day, nil)
	b.put(t, "versions/deleted", 30*day, nil)
	b.delete(t, "versions/deleted", 9*day)
	b.put(t, "versions/deleted-soon", 30*day, nil)
	b.delete(t, "versions/deleted-soon", 5*day)
	until(t, "old versions are gone", func() bool {
		return len(b.versions(t, "versions/late")) == 1 && len(b.versions(t, "versions/deleted")) == 0
	})
	b.swept(t)
	got := map[string]int{}
	for _, key := range []string{"versions/late", "versions/soon", "versions/deleted", "versions/deleted-soon"} {
		got[key] = len(b.versions(t, key))
	}
	j.Case("lifecycle: versions and markers as the rules stand", cmp.Diff(map[string]int{
		"versions/late": 1, "versions/soon": 2, "versions/deleted": 0, "versions/deleted-soon": 2, // a version and its marker
	}, got))
	j.Bites("a rule without its tag deletes what is to stay", b.withoutTag(t, "backup_2/parks/a.zip"))
}

// What is tagged goes by a rule whose date is past, and comes back as README.md
// says, whose order matters: a version that still bears the tag goes again.
func TestExpiryAndItsUndoing(t *testing.T) {
	t.Parallel()
	j := judge.New(t, "MinIO", pinned(t))
	b := newBucket(t, start(t))
	yesterday := time.Now().UTC().Truncate(day).Add(-day)
	b.rules(t, func(r types.LifecycleRule) types.LifecycleRule {
		if r.Expiration != nil && r.Expiration.Days != nil {
			r.Expiration = &types.LifecycleExpiration{Date: &yesterday}
		}
		return r
	})
	keys := []string{"backup_1/parks/a.zip", "backup_1/manifest.json"}
	for _, key := range append(keys, "backup_2/parks/a.zip", "backup_2/manifest.json") {
		if err := b.Put(t.Context(), key, []byte(key), ""); err != nil {
			t.Fatalf("Put(%s): %v", key, err)
		}
	}
	for _, key := range keys {
		if err := b.Tag(t.Context(), key, map[string]string{"mapkeep": "expired"}); err != nil {
			t.Fatalf("Tag(%s): %v", key, err)
		}
	}
	b.swept(t)
	looked := time.Now()
	want := map[string]bool{keys[0]: false, keys[1]: false, "backup_2/parks/a.zip": true, "backup_2/manifest.json": true}
	b.wantKeys(t, j, "lifecycle: what is tagged goes by a date that is past", want)

	for _, key := range keys {
		if v := b.versions(t, key); len(v) != 2 || !v[0].marker || !v[0].time.Before(looked) {
			t.Errorf("%s has the versions %+v, want a marker from before somebody looked, %v, and what it hides", key, v, looked)
		}
	}

	b.undo(t, keys[0], false)
	until(t, "what comes back with its tag goes again", func() bool { return b.gone(t, keys[0]) })
	for _, key := range keys {
		b.undo(t, key, true)
	}
	b.swept(t)
	want[keys[0]], want[keys[1]] = true, true
	b.wantKeys(t, j, "lifecycle: expiry undone as README.md says", want)
	for _, key := range keys {
		got, err := b.Get(t.Context(), key)
		j.Case("lifecycle: bytes of "+key+" after undoing", cmp.Diff(key+" <nil>", fmt.Sprint(string(got), " ", err)))
	}
}

// MinIO refuses the one rule about unfinished uploads, and gives them up by itself.
func TestUnfinishedUploads(t *testing.T) {
	t.Parallel()
	j := judge.New(t, "MinIO", pinned(t))
	b := newBucket(t, start(t, "MINIO_API_STALE_UPLOADS_CLEANUP_INTERVAL=1s", "MINIO_API_STALE_UPLOADS_EXPIRY=3s"))
	_, err := b.client.PutBucketLifecycleConfiguration(t.Context(), &s3.PutBucketLifecycleConfigurationInput{
		Bucket: aws.String(b.Bucket()), LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: slices.DeleteFunc(stackRules(t), func(r types.LifecycleRule) bool {
			return r.AbortIncompleteMultipartUpload == nil
		})},
	})
	var said smithy.APIError
	if !errors.As(err, &said) {
		t.Errorf("PutBucketLifecycleConfiguration with AbortIncompleteMultipartUpload: %v, want it refused", err)
	}
	j.Differs("lifecycle: unfinished uploads", "MinIO has no such rule: it refuses it, and gives unfinished uploads up by a setting of its own after a day; "+
		"Mapkeep starts such a transfer anew")
	upload, err := b.Begin(t.Context(), "a.zip", "")
	if err != nil {
		t.Fatalf("Begin: %v", err)
	}
	until(t, "MinIO gives the upload up", func() bool {
		_, err := b.Parts(t.Context(), "a.zip", upload)
		return errors.Is(err, store.ErrNoUpload)
	})
	j.Agreed("lifecycle: an upload that was given up reads as gone")
}
