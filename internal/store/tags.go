package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Tags are the object's tags, empty where it has none; ErrMissing like Get.
func (s *Store) Tags(ctx context.Context, key string) (map[string]string, error) {
	out, err := s.client.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: &s.bucket, Key: &key})
	if err != nil {
		return nil, s.lookTrouble(ctx, "read tags of", key, err)
	}
	tags := make(map[string]string, len(out.TagSet))
	for _, t := range out.TagSet {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags, nil
}

// Tag gives the object these tags in place of all it had. S3 takes ten of
// them, keys of 128 and values of 256 characters.
func (s *Store) Tag(ctx context.Context, key string, tags map[string]string) error {
	set := make([]types.Tag, 0, len(tags))
	for k, v := range tags {
		set = append(set, types.Tag{Key: &k, Value: &v})
	}
	slices.SortFunc(set, func(a, b types.Tag) int { return cmp.Compare(*a.Key, *b.Key) })
	_, err := s.client.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{
		Bucket: &s.bucket, Key: &key, Tagging: &types.Tagging{TagSet: set},
	})
	return s.lookTrouble(ctx, "tag", key, err)
}
