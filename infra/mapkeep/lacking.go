package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/mapkeep/mapkeep/infra"
	"github.com/mapkeep/mapkeep/internal/layout"
)

// lacking says which lifecycle rules a bucket elsewhere lacks, in words. A run
// marks what has expired; in such a bucket only its own rules delete it.
func (p *place) lacking(ctx context.Context) ([]string, error) {
	stack, err := infra.Template()
	if err != nil {
		return nil, err
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = o.BaseEndpoint != nil })
	out, err := client.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: &p.bucket})
	var said smithy.APIError
	switch {
	case errors.As(err, &said) && said.ErrorCode() == "NoSuchLifecycleConfiguration":
		out = &s3.GetBucketLifecycleConfigurationOutput{}
	case errors.As(err, &said):
		return nil, errors.New(said.ErrorCode())
	case err != nil:
		return nil, err
	}
	return lackingRules(out.Rules, stack.Rules, layout.Inside(p.Prefix)), nil
}

// lackingRules compares a bucket's rules with the stack's. Those about old
// versions are left out: whether there are any is the bucket's affair.
func lackingRules(there []types.LifecycleRule, wanted []infra.Rule, prefix string) []string {
	var lacks []string
	for _, want := range wanted {
		does := ""
		switch {
		case want.Tag.Key != "" && want.Expire > 0:
			does = fmt.Sprintf("deletes what is tagged %s=%s after %d day", want.Tag.Key, want.Tag.Value, want.Expire)
		case want.Prefix != "" && want.Expire > 0:
			want.Prefix = prefix + want.Prefix
			does = fmt.Sprintf("deletes what is below %s after %d days", want.Prefix, want.Expire)
		case want.Uploads > 0:
			want.Prefix = prefix
			does = fmt.Sprintf("gives up unfinished uploads after %d days", want.Uploads)
		}
		met := false
		for _, rule := range there {
			met = met || does != "" && meets(rule, want)
		}
		if does != "" && !met {
			lacks = append(lacks, does)
		}
	}
	return lacks
}

// meets reports whether a rule does what is wanted, at least for all the
// objects that it is wanted for; in how many days is the bucket's affair.
func meets(rule types.LifecycleRule, want infra.Rule) bool {
	prefix, tags, narrow := scope(rule)
	if rule.Status != types.ExpirationStatusEnabled || narrow || !strings.HasPrefix(want.Prefix, prefix) {
		return false
	}
	for _, tag := range tags {
		if aws.ToString(tag.Key) != want.Tag.Key || aws.ToString(tag.Value) != want.Tag.Value {
			return false
		}
	}
	if want.Uploads > 0 {
		return rule.AbortIncompleteMultipartUpload != nil
	}
	return rule.Expiration != nil && aws.ToInt32(rule.Expiration.Days) > 0
}

// scope is which objects a rule is about; a narrow one looks at their size.
func scope(rule types.LifecycleRule) (prefix string, tags []types.Tag, narrow bool) {
	prefix = aws.ToString(rule.Prefix) //nolint:staticcheck // old rules are written so
	f := rule.Filter
	if f == nil {
		return prefix, nil, false
	}
	prefix += aws.ToString(f.Prefix)
	if f.Tag != nil {
		tags = append(tags, *f.Tag)
	}
	narrow = f.ObjectSizeGreaterThan != nil || f.ObjectSizeLessThan != nil
	if all := f.And; all != nil {
		prefix += aws.ToString(all.Prefix)
		tags = append(tags, all.Tags...)
		narrow = narrow || all.ObjectSizeGreaterThan != nil || all.ObjectSizeLessThan != nil
	}
	return prefix, tags, narrow
}
