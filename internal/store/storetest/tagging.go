package storetest

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"
)

// tagging: a backup expires by its tags and by nothing else.
var tagging = []Case{
	{"tags: in place of all there were", func(t *Trial) {
		t.put("a", body)
		for _, tags := range []map[string]string{
			{}, {"mapkeep": "expiring"}, {"mapkeep": "expired", "mapkeep-since": "2026-11-23T04:05:06Z"}, {"mapkeep": "keep"}, {},
		} {
			t.ok(t.Tag(t, "a", tags), "Tag(%v)", tags)
			t.wantTags("a", tags)
		}
	}},
	{"tags: the object stays as it is", func(t *Trial) {
		t.put("a", body)
		before, err := t.Head(t, "a")
		t.ok(err, "Head")
		t.ok(t.Tag(t, "a", map[string]string{"mapkeep": "expired"}), "Tag")
		after, err := t.Head(t, "a")
		if after != before || err != nil {
			t.Errorf("Head after Tag = %+v, %v; want what it was before: %+v", after, err, before)
		}
		t.wantBody("a", body)
	}},
	{"tags: given with an object", func(t *Trial) {
		_, err := t.Client.PutObject(t, &s3.PutObjectInput{
			Bucket: aws.String(t.Bucket()), Key: aws.String("a"), Body: bytes.NewReader(body), Tagging: aws.String("mapkeep=expired&note=a%20%2B%20b"),
		})
		t.ok(err, "PutObject")
		t.wantTags("a", map[string]string{"mapkeep": "expired", "note": "a + b"})
	}},
	{"tags: characters and lengths", func(t *Trial) {
		t.put("a", body)
		for _, tags := range []map[string]string{
			{"Case": "1", "case": "2"},
			{"+-=._:/@ and space": "+-=._:/@ and space"},
			{"Straße 日本": "Größe é"},
			{"empty": ""},
			{strings.Repeat("k", 128): strings.Repeat("v", 256)},
		} {
			t.ok(t.Tag(t, "a", tags), "Tag(%v)", tags)
			t.wantTags("a", tags)
		}
	}},
	{"tags: ten", func(t *Trial) {
		t.put("a", body)
		t.ok(t.Tag(t, "a", numbered(10)), "Tag with ten")
		t.wantTags("a", numbered(10))
	}},
	{"tags: eleven are refused", func(t *Trial) {
		t.put("a", body)
		if err := t.Tag(t, "a", numbered(11)); err == nil {
			t.Errorf("Tag with eleven: no error")
		}
	}},
}

func numbered(n int) map[string]string {
	tags := map[string]string{}
	for i := range n {
		tags[fmt.Sprint("tag-", i)] = fmt.Sprint(i)
	}
	return tags
}

func (t *Trial) wantTags(key string, want map[string]string) {
	got, err := t.Tags(t, key)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("Tags(%q): %v (-want +got):\n%s", key, err, diff)
	}
}
