package main

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra"
)

func TestLackingRules(t *testing.T) {
	t.Parallel()
	const (
		expired = "deletes what is tagged mapkeep=expired after 1 day"
		working = "deletes what is below town/.mapkeep/runs/ after 30 days"
		uploads = "gives up unfinished uploads after 7 days"
	)
	tag := &types.Tag{Key: aws.String("mapkeep"), Value: aws.String("expired")}
	rule := func(f *types.LifecycleRuleFilter) types.LifecycleRule {
		return types.LifecycleRule{Status: types.ExpirationStatusEnabled, Filter: f, Expiration: &types.LifecycleExpiration{Days: aws.Int32(3)}}
	}
	off := rule(&types.LifecycleRuleFilter{Tag: tag})
	off.Status = types.ExpirationStatusDisabled
	aborts := types.LifecycleRule{Status: types.ExpirationStatusEnabled, AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(1)}}
	elsewhere := aborts
	elsewhere.Filter = &types.LifecycleRuleFilter{Prefix: aws.String("other/")}
	old := types.LifecycleRule{Status: types.ExpirationStatusEnabled, Prefix: aws.String("town/.mapkeep/"), Expiration: &types.LifecycleExpiration{Days: aws.Int32(30)}} //nolint:staticcheck // old rules are written so
	for name, c := range map[string]struct {
		there []types.LifecycleRule
		want  []string
	}{
		"no rules":                  {nil, []string{expired, uploads, working}},
		"by tag":                    {[]types.LifecycleRule{rule(&types.LifecycleRuleFilter{Tag: tag})}, []string{uploads, working}},
		"turned off":                {[]types.LifecycleRule{off}, []string{expired, uploads, working}},
		"another tag":               {[]types.LifecycleRule{rule(&types.LifecycleRuleFilter{Tag: &types.Tag{Key: aws.String("mapkeep"), Value: aws.String("keep")}})}, []string{expired, uploads, working}},
		"only large objects":        {[]types.LifecycleRule{rule(&types.LifecycleRuleFilter{And: &types.LifecycleRuleAndOperator{Tags: []types.Tag{*tag}, ObjectSizeGreaterThan: aws.Int64(9)}})}, []string{expired, uploads, working}},
		"below another prefix":      {[]types.LifecycleRule{elsewhere, rule(&types.LifecycleRuleFilter{Prefix: aws.String(".mapkeep/runs/")})}, []string{expired, uploads, working}},
		"all, one written long ago": {[]types.LifecycleRule{rule(&types.LifecycleRuleFilter{Tag: tag}), aborts, old}, nil},
	} {
		stack, err := infra.Template()
		must(t, err)
		if diff := cmp.Diff(c.want, lackingRules(c.there, stack.Rules, "town/")); diff != "" {
			t.Errorf("%s: lackingRules (-want +got):\n%s", name, diff)
		}
	}
}
