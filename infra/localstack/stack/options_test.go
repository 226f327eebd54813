//go:build localstack

package stack_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra/localstack"
)

// Every parameter set to something else than its default, with the
// characters that are easily lost on the way. None is set to nothing:
// LocalStack takes the default for it, AWS does not.
func TestEveryParameter(t *testing.T) {
	t.Parallel()
	cloud, j := open(t)
	subnets, group := network(t, cloud)
	full := deploy(t, cloud, cloud.Sketch(), "full",
		`BackupTags=nightly,a\,b,Ünï "quoted" \\ tag=1`, "BackupExcludeTypes=Web Map,Dashboard", "BackupExcludeItems="+strings.Repeat("0a", 16),
		"AllowEmpty=true", "Portal=https://maps.example.com:7443/portal", "SecretArn="+secret, "SecretKeyArn="+key, "TrustedHosts=gis.example.com:6443",
		"ScheduleExpression=rate(12 hours)", "ScheduleTimeZone=Europe/Vienna", "ScheduleState=DISABLED", "NotificationEmail=maps@example.com",
		"ArchiveNumber=0", "UndoDays=31", "BackupDirectory=maps/a b", "BackupDirectoryPrefix=copy-", "DateFormat=%Y%m%d_%H%M%S%z",
		"TimeZone=America/Port-au-Prince", "DirectoryTags=parks,roads", "UncategorizedSaveTag=other things", "BackupFileSuffix=~$~",
		"IgnoreExisting=true", "DeleteBackupOnline=false", "MaxConcurrency=1000", "MaxRetries=0", "ExportDelay=299", "ExportTimeout=259200",
		"LogRetentionDays=3653", "VpcSubnetIds="+strings.Join(subnets, ","), "VpcSecurityGroupIds="+group)
	full.judged(t, j)
	full.judgedOutputs(j)

	plain := world{stack: "full", parameters: map[string]string{"BackupTags": "backup"}, doc: full.doc}
	for name := range full.doc["Parameters"].(map[string]any) {
		if cmp.Equal(full.ref(name), plain.ref(name)) {
			t.Errorf("parameter %s has its default, %v", name, plain.ref(name))
		}
	}
	for name := range full.doc["Conditions"].(map[string]any) {
		if full.condition(name) == plain.condition(name) {
			t.Errorf("condition %s is %v in the plain stack and here; both sides must be seen", name, plain.condition(name))
		}
	}
	want := slices.Sorted(maps.Keys(full.made))
	want = append(slices.DeleteFunc(want, func(name string) bool { return name == "NotificationsMail" || name == "VpcPolicy" }), "PortalSecret")
	slices.Sort(want)
	j.Case("what the conditions leave out", cmp.Diff(want, plain.present("Resources")))
}

const (
	secret = "arn:aws:secretsmanager:us-east-1:000000000000:secret:gis/portal-AbCdEf"
	key    = "arn:aws:kms:us-east-1:000000000000:key/0a1b2c3d-0000-4000-8000-0123456789ab"
)

// network is two subnets and a security group that there are: Lambda refuses
// others.
func network(t *testing.T, cloud *localstack.Cloud) (subnets []string, group string) {
	t.Helper()
	var groups []string
	if err := cloud.AWS(&subnets, "ec2", "describe-subnets", "--query", "Subnets[:2].SubnetId"); err != nil {
		t.Fatal(err)
	}
	if err := cloud.AWS(&groups, "ec2", "describe-security-groups", "--query", "SecurityGroups[:1].GroupId"); err != nil {
		t.Fatal(err)
	}
	if len(subnets) != 2 || len(groups) != 1 {
		t.Fatalf("the default VPC has subnets %q and groups %q", subnets, groups)
	}
	return subnets, groups[0]
}
