package storetest

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/internal/store"
)

// uploads: a transfer lists what an earlier process sent, and goes on there.
var uploads = []Case{
	{"upload: parts as they were sent, by number", func(t *Trial) {
		_, upload, sent := t.twoParts("a")
		parts, err := t.Parts(t, "a", upload)
		if diff := cmp.Diff(sent, parts); diff != "" || err != nil {
			t.Errorf("Parts: %v; differs from what Part said (-want +got):\n%s", err, diff)
		}
		t.wantMissing("a")
	}},
	{"upload: a part sent again takes the place of the first", func(t *Trial) {
		upload, err := t.Begin(t, "a", "")
		t.ok(err, "Begin")
		t.ok2(t.Part(t, "a", upload, 1, []byte("first")))("Part 1")
		again, err := t.Part(t, "a", upload, 1, body)
		t.ok(err, "Part 1 again")
		t.ok2(t.Complete(t, "a", upload, []store.Part{again}, again.Size, again.CRC64NVME))("Complete")
		t.wantBody("a", body)
	}},
	{"upload: more than a page of parts", func(t *Trial) {
		upload, err := t.Begin(t, "a", "")
		t.ok(err, "Begin")
		var g errgroup.Group
		g.SetLimit(16)
		for n := range int32(1003) {
			g.Go(func() error { _, err := t.Part(t, "a", upload, n+1, fmt.Append(nil, n+1)); return err })
		}
		t.ok(g.Wait(), "Part")
		parts, err := t.Parts(t, "a", upload)
		t.ok(err, "Parts")
		for i, p := range parts {
			if want := fmt.Append(nil, i+1); p.Number != int32(i+1) || p.CRC64NVME != store.Sum(want) || p.Size != int64(len(want)) {
				t.Fatalf("Parts[%d] = %+v, want number %d, %d bytes and CRC64NVME %s", i, p, i+1, len(want), store.Sum(want))
			}
		}
		if len(parts) != 1003 {
			t.Errorf("Parts: %d, want 1003", len(parts))
		}
		t.ok(t.Abort(t, "a", upload), "Abort")
	}},
	{"upload: listed until it ends", func(t *Trial) {
		kept, err := t.Begin(t, "maps/a + b.zip", "")
		t.ok(err, "Begin")
		ended, err := t.Begin(t, "maps/ended.zip", "")
		t.ok(err, "Begin")
		t.ok(t.Abort(t, "maps/ended.zip", ended), "Abort")
		out, err := t.Client.ListMultipartUploads(t, &s3.ListMultipartUploadsInput{Bucket: aws.String(t.Bucket())})
		t.ok(err, "ListMultipartUploads")
		got := map[string]string{}
		for _, u := range out.Uploads {
			got[aws.ToString(u.Key)] = aws.ToString(u.UploadId)
		}
		if diff := cmp.Diff(map[string]string{"maps/a + b.zip": kept}, got); diff != "" {
			t.Errorf("ListMultipartUploads (-want +got):\n%s", diff)
		}
	}},
	{"upload: what is gone says so", func(t *Trial) {
		upload, err := t.Begin(t, "a", "")
		t.ok(err, "Begin")
		p, err := t.Part(t, "a", upload, 1, body)
		t.ok(err, "Part")
		for range 2 {
			t.ok(t.Abort(t, "a", upload), "Abort")
		}
		_, partErr := t.Part(t, "a", upload, 2, body)
		_, listErr := t.Parts(t, "a", upload)
		_, doneErr := t.Complete(t, "a", upload, []store.Part{p}, p.Size, p.CRC64NVME)
		for call, err := range map[string]error{"Part": partErr, "Parts": listErr, "Complete": doneErr} {
			if !errors.Is(err, store.ErrNoUpload) {
				t.Errorf("%s after Abort: %v, want ErrNoUpload", call, err)
			}
		}
	}},
	{"upload: completed twice", func(t *Trial) {
		whole, upload, parts := t.twoParts("a")
		for range 2 { // S3 says either that it is done or that there is no such upload
			_, err := t.Complete(t, "a", upload, parts, int64(len(whole)), store.Sum(whole))
			if err != nil && !errors.Is(err, store.ErrNoUpload) {
				t.Errorf("Complete: %v, want no error or ErrNoUpload", err)
			}
			t.wantBody("a", whole)
		}
	}},
	{"upload: parts out of order are refused", func(t *Trial) {
		whole, upload, parts := t.twoParts("a")
		parts[0], parts[1] = parts[1], parts[0]
		if _, err := t.Complete(t, "a", upload, parts, int64(len(whole)), ""); err == nil {
			t.Errorf("Complete with parts 2 and 1: no error, want a refusal")
		}
		t.wantMissing("a")
	}},
	{"upload: a part that was sent anew since is refused", func(t *Trial) {
		whole, upload, parts := t.twoParts("a")
		t.ok2(t.Part(t, "a", upload, 2, []byte("another end")))("Part 2 again")
		if _, err := t.Complete(t, "a", upload, parts, int64(len(whole)), store.Sum(whole)); !errors.Is(err, store.ErrNoUpload) {
			t.Errorf("Complete with an ETag of before: %v, want InvalidPart, which is ErrNoUpload", err)
		}
		t.wantMissing("a")
	}},
	{"upload: a part below 5 MiB that is not the last is refused", func(t *Trial) {
		upload, err := t.Begin(t, "a", "")
		t.ok(err, "Begin")
		var parts []store.Part
		for n := range int32(2) {
			p, err := t.Part(t, "a", upload, n+1, body)
			t.ok(err, "Part")
			parts = append(parts, p)
		}
		if _, err := t.Complete(t, "a", upload, parts, 2*int64(len(body)), ""); code(err) != "EntityTooSmall" {
			t.Errorf("Complete with a first part of %d bytes: %v, want EntityTooSmall", len(body), err)
		}
	}},
	{"upload: the type of the whole", func(t *Trial) {
		whole, upload, parts := t.twoParts("a")
		t.ok2(t.Complete(t, "a", upload, parts, int64(len(whole)), store.Sum(whole)))("Complete")
		t.wantType("a", "application/zip")
	}},
}
