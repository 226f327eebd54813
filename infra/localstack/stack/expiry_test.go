//go:build localstack

package stack_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/layout"
	"github.com/mapkeep/mapkeep/internal/ledger"
	"github.com/mapkeep/mapkeep/internal/store"
)

// S3 says with each object when which lifecycle rule deletes it (the header
// x-amz-expiration). What retention marked goes by the rule expired, working
// files of runs by theirs, and nothing else goes.
func TestWhatExpires(t *testing.T) {
	t.Parallel()
	cloud, j := open(t)
	bucket := deploy(t, cloud, cloud.Sketch(), "expiry", "BackupTags=backup", "BackupDirectory=maps").id("Bucket")
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	b := shelf{t, client, store.New(client, bucket)}
	keys := layout.Layout{Directory: "maps"}
	folder := keys.Folder("backup_2026-11-23")
	data := keys.Data(folder, "parks", "Trail Map", "_backup_", "0f3a", "zip")
	since := time.Now().UTC().Format(time.RFC3339)
	expired := map[string]string{ledger.Mark: ledger.Expired, ledger.Since: since}
	own := map[string]string{"cost": "gis", ledger.Mark: ledger.Expired, ledger.Since: since}
	expiring := map[string]string{ledger.Mark: ledger.Expiring, ledger.Since: since}
	type tags = []map[string]string
	for _, c := range []struct {
		what, key string
		tags      tags   // one set after the other
		rule      string // "" for none
		days      int
	}{
		{"a manifest", keys.Manifest(folder), nil, "", 0},
		{"an item's data", data, nil, "", 0},
		{"an item's data, expired", data, tags{expired}, "expired", 1},
		{"a manifest that is expiring", keys.Manifest(keys.Folder("b")), tags{expiring}, "", 0},
		{"a manifest, expiring and then expired", keys.Manifest(folder), tags{expiring, expired}, "expired", 1},
		{"an expired log with a tag of a person's own", keys.Log(folder), tags{own}, "expired", 1},
		{"an expired log whose tags were taken away", keys.Log(keys.Folder("c")), tags{expired, {}}, "", 0},
		{"a manifest that somebody keeps", keys.Manifest(keys.Folder("d")), tags{{ledger.Mark: "keep"}}, "", 0},
		{"another tag of that value", keys.Log(keys.Folder("e")), tags{{"state": ledger.Expired}}, "", 0},
		{"a run's list of items", keys.Items("RUN"), nil, "working-files", 30},
		{"an item's record", keys.Record("RUN", "0f3a"), nil, "working-files", 30},
		{"a result of the map", keys.Results("RUN") + "/manifest.json", nil, "working-files", 30},
		{"a claim of a folder", keys.Claim("backup_2026-11-23"), nil, "", 0},
		{"the bucket's own tag", keys.ID(), nil, "", 0},
	} {
		b.put(c.key, c.tags...)
		got, want := b.said(c.key, c.rule, c.days)
		j.Case(c.what, cmp.Diff(want, got))
	}

	copied := keys.Data(keys.Folder("backup_2026-11-24"), "parks", "Trail Map", "_backup_", "0f3a", "zip")
	if _, err := b.store.Copy(t.Context(), data, 1, copied); err != nil {
		t.Fatal(err)
	}
	got, want := b.said(copied, "", 0)
	j.Case("a copy of an expired object", cmp.Diff(want, got))
}

// A shelf is a bucket in which objects are put and looked at.
type shelf struct {
	t      *testing.T
	client *s3.Client
	store  *store.Store
}

// put makes an object, if it is not there, and gives it one set of tags after
// the other. LocalStack remembers a header that it has given, so none is asked
// for in between.
func (s shelf) put(key string, tags ...map[string]string) {
	s.t.Helper()
	if _, err := s.store.Create(s.t.Context(), key, []byte("x")); err != nil {
		s.t.Fatal(err)
	}
	for _, set := range tags {
		if err := s.store.Tag(s.t.Context(), key, set); err != nil {
			s.t.Fatal(err)
		}
	}
}

// said is the header of an object, and what it should be: the days are
// counted from the object's making and rounded up to the next midnight (UTC).
func (s shelf) said(key, rule string, days int) (got, want string) {
	s.t.Helper()
	head, err := s.client.HeadObject(s.t.Context(), &s3.HeadObjectInput{Bucket: aws.String(s.store.Bucket()), Key: &key})
	if err != nil {
		s.t.Fatal(err)
	}
	if rule != "" {
		day := head.LastModified.UTC().AddDate(0, 0, days+1).Truncate(24 * time.Hour)
		want = fmt.Sprintf(`expiry-date="%s", rule-id="%s"`, day.Format(time.RFC1123[:len(time.RFC1123)-3]+"GMT"), rule)
	}
	return aws.ToString(head.Expiration), want
}
