package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/mapkeep/mapkeep/infra"
	"github.com/mapkeep/mapkeep/internal/layout"
	"github.com/mapkeep/mapkeep/internal/ledger"
)

// lifecycle plays the bucket's lifecycle rules after a run into a folder,
// whose store has none: template.yaml is read, so that a rule is written once
// for both worlds. A bucket elsewhere has rules of its own; what they lack is
// said.
func (n night) lifecycle(ctx context.Context) error {
	if n.place.dir == "" {
		lacks, err := n.place.lacking(ctx)
		if err != nil {
			n.view.note("whether the bucket's lifecycle rules delete what has expired can't be told: %v", err)
		}
		for _, rule := range lacks {
			n.view.note("the bucket lacks a lifecycle rule that %s", rule)
		}
		return nil
	}
	stack, err := infra.Template()
	if err != nil {
		return err
	}
	now := time.Now().Add(n.offset)
	for _, rule := range stack.Rules {
		switch {
		case rule.Tag.Key != "" && rule.Expire > 0:
			err = n.expired(ctx, rule.Tag, now)
		case rule.Prefix != "" && rule.Expire > 0:
			err = n.worked(ctx, rule, now)
		case rule.Uploads > 0:
			err = n.place.abort(ctx, now.AddDate(0, 0, -rule.Uploads))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// expired deletes the backups that were marked undo-days ago. There are no
// versions to bring back here, so these days stand in place of the rule's day
// and those of noncurrent versions. The manifest goes last.
func (n night) expired(ctx context.Context, tag infra.Tag, now time.Time) error {
	keys := n.place.Layout(n.settings)
	folders, err := n.place.Store.Folders(ctx, keys.BasePrefix())
	if err != nil {
		return err
	}
	for _, name := range folders {
		folder := keys.Folder(name)
		sign, err := n.sign(ctx, folder, keys)
		if err != nil {
			return err
		}
		if sign == "" {
			continue
		}
		tags, err := n.place.Store.Tags(ctx, sign)
		if err != nil {
			return err
		}
		since, err := time.Parse(time.RFC3339, tags[ledger.Since])
		if tags[tag.Key] != tag.Value || err != nil || since.AddDate(0, 0, n.undoDays).After(now) {
			continue
		}
		if err := n.remove(ctx, folder, sign); err != nil {
			return err
		}
	}
	return nil
}

// sign is the object whose mark stands for a folder: the manifest, else any.
func (n night) sign(ctx context.Context, folder string, keys layout.Layout) (string, error) {
	there, err := n.place.Store.Exists(ctx, keys.Manifest(folder))
	if err != nil || there {
		return keys.Manifest(folder), err
	}
	for object, err := range n.place.Store.List(ctx, layout.Inside(folder)) {
		return object.Key, err
	}
	return "", nil
}

// remove deletes a folder's objects, the sign last.
func (n night) remove(ctx context.Context, folder, sign string) error {
	var keys []string
	for object, err := range n.place.Store.List(ctx, layout.Inside(folder)) {
		if err != nil {
			return err
		}
		if object.Key != sign {
			keys = append(keys, object.Key)
		}
	}
	for _, key := range append(keys, sign) {
		if err := n.place.delete(ctx, key); err != nil {
			return fmt.Errorf("delete the expired %s: %w", key, err)
		}
	}
	return nil
}

// worked deletes old working files.
func (n night) worked(ctx context.Context, rule infra.Rule, now time.Time) error {
	before := now.AddDate(0, 0, -rule.Expire)
	var keys []string
	for object, err := range n.place.Store.List(ctx, layout.Inside(n.place.Prefix)+rule.Prefix) {
		if err != nil {
			return err
		}
		if object.Modified.Before(before) {
			keys = append(keys, object.Key)
		}
	}
	for _, key := range keys {
		if err := n.place.delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// delete deletes one object of a local store.
func (p *place) delete(ctx context.Context, key string) error {
	_, err := p.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &p.bucket, Key: &key})
	return err
}

// abort gives up multipart uploads that began before a time.
func (p *place) abort(ctx context.Context, before time.Time) error {
	pages := s3.NewListMultipartUploadsPaginator(p.client, &s3.ListMultipartUploadsInput{Bucket: &p.bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list unfinished uploads: %w", err)
		}
		for _, upload := range page.Uploads {
			if upload.Initiated == nil || !upload.Initiated.Before(before) {
				continue
			}
			in := &s3.AbortMultipartUploadInput{Bucket: &p.bucket, Key: upload.Key, UploadId: upload.UploadId}
			if _, err := p.client.AbortMultipartUpload(ctx, in); err != nil {
				return fmt.Errorf("give up the upload of %s: %w", *upload.Key, err)
			}
		}
	}
	return nil
}
