//go:build localstack

package stack_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra/localstack"
)

// Two stacks of the same parameters live side by side. One is deleted: the
// bucket with its policy and the secret stay, all else is gone, the other
// stack has not changed, and the deleted one can be made anew.
func TestTwoStacksAndOneDeleted(t *testing.T) {
	t.Parallel()
	cloud, j := open(t)
	dir := cloud.Sketch()
	subnets, group := network(t, cloud)
	vpc := []string{"BackupTags=backup", "NotificationEmail=maps@example.com", "VpcSubnetIds=" + subnets[0], "VpcSecurityGroupIds=" + group}
	one, two := deploy(t, cloud, dir, "beside", vpc...), deploy(t, cloud, dir, "beside-2", vpc...)
	one.judged(t, j)
	two.judged(t, j)
	for name := range one.made {
		if one.id(name) == two.id(name) {
			j.Objected(name, "both stacks have "+one.id(name))
		}
	}

	if err := cloud.AWS(nil, "s3api", "put-object", "--bucket", one.id("Bucket"), "--key", "backup_2026-11-23/manifest.json"); err != nil {
		t.Fatal(err)
	}
	if err := cloud.Undeploy("beside"); err != nil {
		t.Fatal(err)
	}
	after := again(t, cloud, one.made)
	retained := []string{"Bucket", "BucketPolicy", "PortalSecret"}
	for name, was := range one.made {
		now := after[name]
		switch {
		case name == "NotificationsPolicy": // part of the topic
		case slices.Contains(retained, name):
			j.Case(name+" after the deletion", cmp.Diff(was, now))
		case now["error"] == nil:
			j.Objected(name+" after the deletion", fmt.Sprintf("it is still there: %v", now))
		default:
			j.Agreed(name + " after the deletion")
		}
	}
	if err := cloud.AWS(nil, "s3api", "head-object", "--bucket", one.id("Bucket"), "--key", "backup_2026-11-23/manifest.json"); err != nil {
		j.Objected("a backup after the deletion", err.Error())
	}
	j.Case("the other stack after the deletion", cmp.Diff(two.made, again(t, cloud, two.made)))

	anew := deploy(t, cloud, dir, "beside", vpc...)
	anew.judged(t, j)
	if anew.id("Bucket") == one.id("Bucket") {
		j.Objected("Bucket", "the stack that was made anew has the bucket that was kept")
	}
}

func again(t *testing.T, cloud *localstack.Cloud, made localstack.Made) localstack.Made {
	t.Helper()
	now, err := cloud.Again(made)
	if err != nil {
		t.Fatal(err)
	}
	return now
}
