package storetest_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra"
)

// The rules that docs/s3.md gives for a bucket of one's own are the stack's.
func TestThePageHasTheStacksRules(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, rules, _ := strings.Cut(string(text), `{"Rules": `)
	rules, _, _ = strings.Cut(rules, "\n\n")
	var page []struct {
		ID, Status string
		Filter     struct {
			Prefix string
			Tag    infra.Tag
		}
		Expiration struct {
			Days                      int
			ExpiredObjectDeleteMarker bool
		}
		NoncurrentVersionExpiration    struct{ NoncurrentDays int }
		AbortIncompleteMultipartUpload struct{ DaysAfterInitiation int }
	}
	if err := json.Unmarshal([]byte(strings.TrimSuffix(rules, "}")), &page); err != nil {
		t.Fatalf("the rules of docs/s3.md: %v in %s", err, rules)
	}
	stack, err := infra.Template()
	if err != nil {
		t.Fatal(err)
	}
	got, want := map[string]infra.Rule{}, map[string]infra.Rule{}
	for _, r := range page {
		if r.Status != "Enabled" {
			t.Errorf("rule %s of docs/s3.md: Status %q, want Enabled", r.ID, r.Status)
		}
		got[r.ID] = infra.Rule{
			ID: r.ID, Prefix: r.Filter.Prefix, Tag: r.Filter.Tag, Expire: r.Expiration.Days, DeleteMarkers: r.Expiration.ExpiredObjectDeleteMarker,
			Noncurrent: r.NoncurrentVersionExpiration.NoncurrentDays, Uploads: r.AbortIncompleteMultipartUpload.DaysAfterInitiation,
		}
	}
	for _, r := range stack.Rules {
		want[r.ID] = r
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the rules of docs/s3.md (-template.yaml +docs/s3.md):\n%s", diff)
	}
}
