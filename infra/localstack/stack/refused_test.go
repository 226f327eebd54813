//go:build localstack

package stack_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// Templates and machines that are wrong in one place don't become a stack,
// and whoever deploys them is told which place it is.
func TestWrongStacksAreRefused(t *testing.T) {
	t.Parallel()
	cloud, j := open(t)
	const yaml, asl = "template.yaml", "infra/backup.asl.json"
	const good = "BackupTags=backup"
	const lastAlarm = "      ComparisonOperator: GreaterThanOrEqualToThreshold\n      TreatMissingData: notBreaching\n" +
		"      AlarmActions: [!Ref Notifications]\n\nOutputs:"
	for _, c := range []struct {
		fault, file, old, wrong string
		parameters              string // apart by blanks
		says                    string // a part of what is said
	}{
		{"no value for a parameter", yaml, "", "", "ArchiveNumber=3", "BackupTags"},
		{"settings beyond 4 KB", yaml, "", "", "BackupTags=" + strings.Repeat("parks,roads,", 400), "4KB"},
		{"no such subnet", yaml, "", "", good + " VpcSubnetIds=subnet-0123", "subnet-0123"},
		{"no value for a name in the machine", yaml, "        MaxRetries: !Ref MaxRetries\n        ExportDelay", "        ExportDelay", good, "DefinitionSubstitutions"},
		{"a reference to nothing", yaml, "Target:\n        Arn: !Ref Backup\n", "Target:\n        Arn: !Ref Backups\n", good, "Backups"},
		{"an attribute of nothing", yaml, "!GetAtt CloseRole.Arn", "!GetAtt ClosingRole.Arn", good, "ClosingRole"},
		{"an unknown name in a text", yaml, "backup (stack ${AWS::StackName})", "backup (stack ${AWS::Stack})", good, "AWS::Stack"},
		{"an unknown condition", yaml, "    Condition: SendMail\n", "    Condition: SendMails\n", good, "SendMails"},
		{"an unknown property", yaml, "Tracing: {Enabled: true}", "Tracings: {Enabled: true}", good, "Tracings"},
		{"an unknown type", yaml, "Type: AWS::Scheduler::Schedule", "Type: AWS::Scheduler::Plan", good, "AWS::Scheduler::Plan"},
		{"a runtime that is none", yaml, "Runtime: provided.al2023", "Runtime: provided.al2032", good, "provided.al2032"},
		{"a role that leads back to its machine", yaml, `Resource: !Sub "${Bucket.Arn}/.mapkeep/runs/*/map/*"`, "Resource: !Ref Backup", good, "Backup"},
		{"a policy of no version", yaml, "PolicyName: schedule\n          PolicyDocument:\n            Version: \"2012-10-17\"",
			"PolicyName: schedule\n          PolicyDocument:\n            Version: \"2013-10-17\"", good, "ScheduleRole"},
		{"a lifecycle rule with a tag and uploads", yaml, "            ExpirationInDays: 1\n",
			"            AbortIncompleteMultipartUpload: {DaysAfterInitiation: 1}\n", good, "Bucket"},
		{"a cron of five fields", yaml, "ScheduleExpression: !Ref ScheduleExpression", "ScheduleExpression: cron(15 2 * * *)", good, "Schedule"},
		{"an alarm without a comparison", yaml, lastAlarm, "\nOutputs:", good, "AbortedAlarm"},
		{"no machine", yaml, "DefinitionUri: infra/backup.asl.json", "DefinitionUri: infra/backups.asl.json", good, "backups.asl.json"},
		{"no program", yaml, "CodeUri: dist/close", "CodeUri: dist/closing", good, "closing"},
		{"a machine that is no JSON", asl, `"StartAt": "List",`, `"StartAt": "List"`, good, "Backup"},
		{"a machine with an unknown field", asl, `"StartAt": "List",`, `"StartsAt": "List",`, good, "StartsAt"},
		{"a machine with two bounds", asl, `"MaxConcurrencyPath"`, `"MaxConcurrency": 10, "MaxConcurrencyPath"`, good, "MaxConcurrencyPath"},
	} {
		t.Run(strings.ReplaceAll(c.fault, " ", "-"), func(t *testing.T) {
			t.Parallel()
			dir := cloud.Sketch()
			if c.old != "" {
				edit(t, filepath.Join(dir, c.file), 1, c.old, c.wrong)
			}
			_, err := cloud.Deploy(dir, filepath.Base(t.Name()), strings.Fields(c.parameters)...)
			refused := err != nil && strings.Contains(err.Error(), c.says)
			if j.Bites(c.fault, refused); !refused {
				t.Errorf("it was said: %v; want something about %q", err, c.says)
			}
		})
	}
}
