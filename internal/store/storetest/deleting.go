package storetest

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// deleting: the bucket's lifecycle deletes, and a person; Mapkeep meets what is left.
var deleting = []Case{
	{"delete: what is there, and again", func(t *Trial) {
		t.put("a/b/c", body)
		for range 2 {
			t.delete("a/b/c")
			t.wantMissing("a/b/c")
		}
		t.delete("never/there")
	}},
	{"delete: a folder ends with what it held", func(t *Trial) {
		t.put("run/parks/a", body)
		t.put("other", body)
		t.delete("run/parks/a")
		t.wantFolders("", []string{})
		if got := t.keys(""); len(got) != 1 || got[0] != "other" {
			t.Errorf("List = %q, want other alone", got)
		}
	}},
}

// versions: in the stack's bucket a deletion leaves a marker, and what was
// deleted can be brought back for some days.
var versions = []Case{
	{"versions: a deletion leaves a marker, and what was there comes back", func(t *Trial) {
		t.versioned()
		t.put("a", body)
		t.delete("a")
		t.wantMissing("a")
		if got := t.keys(""); len(got) != 0 {
			t.Errorf("List after a deletion = %q, want none", got)
		}
		if there, err := t.Exists(t, "a"); there || err != nil {
			t.Errorf("Exists after a deletion = %v, %v; want false", there, err)
		}
		_, markers := t.versionsOf("a")
		if len(markers) != 1 {
			t.Fatalf("ListObjectVersions: %d markers, want 1", len(markers))
		}
		_, err := t.Client.DeleteObject(t, &s3.DeleteObjectInput{Bucket: aws.String(t.Bucket()), Key: aws.String("a"), VersionId: markers[0].VersionId})
		t.ok(err, "DeleteObject of the marker")
		t.wantBody("a", body)
		t.wantSum("a", body)
	}},
	{"versions: a claim can be made again above a marker", func(t *Trial) {
		t.versioned()
		t.put("claim", body)
		t.delete("claim")
		if created, err := t.Create(t, "claim", []byte("2")); !created || err != nil {
			t.Errorf("Create above a marker = %v, %v; want it created", created, err)
		}
		if created, err := t.Create(t, "claim", []byte("3")); created || err != nil {
			t.Errorf("Create over it = %v, %v; want it taken", created, err)
		}
		t.wantBody("claim", []byte("2"))
	}},
	{"versions: the newest is read, tagged, listed and copied", func(t *Trial) {
		t.versioned()
		for i := range 3 {
			t.put("a", fmt.Append(nil, i))
			t.ok(t.Tag(t, "a", map[string]string{"n": fmt.Sprint(i)}), "Tag")
		}
		t.wantBody("a", []byte("2"))
		t.wantTags("a", map[string]string{"n": "2"})
		if got := t.keys(""); len(got) != 1 {
			t.Errorf("List = %q, want a once", got)
		}
		t.wantCopy("a", "b", []byte("2"))
		if all, _ := t.versionsOf("a"); len(all) != 3 {
			t.Errorf("ListObjectVersions: %d versions, want 3", len(all))
		}
	}},
}

func (t *Trial) delete(key string) {
	_, err := t.Client.DeleteObject(t, &s3.DeleteObjectInput{Bucket: aws.String(t.Bucket()), Key: &key})
	t.ok(err, "DeleteObject(%q)", key)
}

// versioned makes the bucket as the stack's is.
func (t *Trial) versioned() {
	_, err := t.Client.PutBucketVersioning(t, &s3.PutBucketVersioningInput{
		Bucket:                  aws.String(t.Bucket()),
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})
	t.ok(err, "PutBucketVersioning")
}

func (t *Trial) versionsOf(key string) ([]types.ObjectVersion, []types.DeleteMarkerEntry) {
	out, err := t.Client.ListObjectVersions(t, &s3.ListObjectVersionsInput{Bucket: aws.String(t.Bucket()), Prefix: &key})
	t.ok(err, "ListObjectVersions(%q)", key)
	return out.Versions, out.DeleteMarkers
}
