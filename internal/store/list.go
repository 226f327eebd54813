package store

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// List walks the objects whose keys begin with prefix, in the order of their
// keys. An error comes once and ends the walk. Objects of a listing have no
// CRC64NVME.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for page, err := range s.pages(ctx, &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &prefix}) {
			if err != nil {
				yield(Object{}, err)
				return
			}
			for _, c := range page.Contents {
				o := Object{
					Key: decode(page.EncodingType, c.Key), Size: aws.ToInt64(c.Size),
					ETag: aws.ToString(c.ETag), Modified: aws.ToTime(c.LastModified),
				}
				if !yield(o, nil) {
					return
				}
			}
		}
	}
}

// Folders names what lies directly under prefix and has something below it:
// the next part of the keys up to a slash, without it, in order.
func (s *Store) Folders(ctx context.Context, prefix string) ([]string, error) {
	names := []string{}
	in := &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &prefix, Delimiter: aws.String("/")}
	for page, err := range s.pages(ctx, in) {
		if err != nil {
			return nil, err
		}
		for _, p := range page.CommonPrefixes {
			name := strings.TrimPrefix(decode(page.EncodingType, p.Prefix), prefix)
			names = append(names, strings.TrimSuffix(name, "/"))
		}
	}
	slices.Sort(names) // LocalStack sorts what it has encoded
	return names, nil
}

// pages asks for names in the encoding of URLs: a name may hold what XML can't,
// and would make its whole page unreadable.
func (s *Store) pages(ctx context.Context, in *s3.ListObjectsV2Input) iter.Seq2[*s3.ListObjectsV2Output, error] {
	in.EncodingType = types.EncodingTypeUrl
	return func(yield func(*s3.ListObjectsV2Output, error) bool) {
		pages := s3.NewListObjectsV2Paginator(s.client, in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if !yield(page, s.trouble(ctx, "list", aws.ToString(in.Prefix), err)) || err != nil {
				return
			}
		}
	}
}

// decode is a name of a listing, which says whether it is encoded: not every
// server does as it is asked.
func decode(encoding types.EncodingType, name *string) string {
	text := aws.ToString(name)
	if encoding != types.EncodingTypeUrl {
		return text
	}
	plain, err := url.QueryUnescape(text)
	if err != nil {
		return text
	}
	return plain
}
