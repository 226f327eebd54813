//go:build localstack

package stack_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A stack deployed from a template in which properties were lost or changed
// is held against the template as it should be: each must be found.
func TestLostPropertiesAreFound(t *testing.T) {
	t.Parallel()
	cloud, j := open(t)
	faults := []struct{ what, asked, deployed, found string }{
		{"a time-out", "Timeout: 60", "Timeout: 61", "CheckFunction.Timeout"},
		{"a program", "CodeUri: dist/export", "CodeUri: dist/check", "ExportFunction.bootstrap"},
		{"a variable", "ARCHIVE_NUMBER: !Ref ArchiveNumber", "", "FinishFunction.Environment.Variables.ARCHIVE_NUMBER"},
		{"the bounds of a right", "secretsmanager:GetSecretValue\n            Resource: !If [MakeSecret, !Ref PortalSecret, !Ref SecretArn]",
			"secretsmanager:GetSecretValue\n            Resource: \"*\"", "PortalSecretPolicy.document.Statement[0].Resource"},
		{"the condition of a right", "            Condition:\n              StringLike:\n                s3:prefix: .mapkeep/*\n", "",
			"WorkingFilesPolicy.document.Statement[1].Condition.StringLike.s3:prefix"},
		{"a policy of a role", "        - !Ref WorkingFilesPolicy\n        - !If [InVpc, !Ref VpcPolicy, !Ref AWS::NoValue]",
			"        - !If [InVpc, !Ref VpcPolicy, !Ref AWS::NoValue]", "FinishRole.attached[0]"},
		{"who may take a role", "Principal: {Service: states.amazonaws.com}", "Principal: {Service: lambda.amazonaws.com}",
			"BackupRole.trust.Statement[0].Principal.Service"},
		{"a substitution", "MaxRetries: !Ref MaxRetries\n        ExportDelay", "MaxRetries: 4\n        ExportDelay", "Backup.definition"},
		{"the machine's log", "Level: ERROR", "Level: ALL", "Backup.loggingConfiguration.level"},
		{"how long a log is kept", `/close", RetentionInDays: !Ref LogRetentionDays}`, `/close"}`, "CloseLog.retentionInDays"},
		{"the days of a rule", "            ExpirationInDays: 1\n", "            ExpirationInDays: 2\n", "Bucket.lifecycle.Rules[0].Expiration.Days"},
		{"the prefix of a rule", "            Prefix: .mapkeep/runs/\n", "", "Bucket.lifecycle.Rules[4].Filter.Prefix"},
		{"privacy", "BlockPublicPolicy: true", "BlockPublicPolicy: false", "Bucket.public_access.PublicAccessBlockConfiguration.BlockPublicPolicy"},
		{"ownership", "ObjectOwnership: BucketOwnerEnforced", "ObjectOwnership: ObjectWriter", "Bucket.ownership.OwnershipControls.Rules[0].ObjectOwnership"},
		{"versions", "      VersioningConfiguration: {Status: Enabled}\n", "", "Bucket.versioning.Status"},
		{"TLS", `aws:SecureTransport: "false"`, `aws:SecureTransport: "true"`, "Bucket.policy.Statement[0].Condition.Bool.aws:SecureTransport"},
		{"a zone", "ScheduleExpressionTimezone: !Ref ScheduleTimeZone", "ScheduleExpressionTimezone: Europe/Vienna", "Schedule.ScheduleExpressionTimezone"},
		{"the schedule's repeats", "MaximumRetryAttempts: 3", "MaximumRetryAttempts: 185", "Schedule.Target.RetryPolicy.MaximumRetryAttempts"},
		{"who may tell", "Principal: {Service: cloudwatch.amazonaws.com}", `Principal: "*"`, "Notifications.Policy.Statement[0].Principal.Service"},
		{"a metric", "MetricName: ExecutionsTimedOut", "MetricName: ExecutionsFailed", "TimedOutAlarm.MetricName"},
		{"an alarm's action", "      AlarmActions: [!Ref Notifications]\n\nOutputs:", "\nOutputs:", "AbortedAlarm.AlarmActions[0]"},
	}
	dir := cloud.Sketch()
	for _, f := range faults {
		edit(t, filepath.Join(dir, "template.yaml"), 1, f.asked, f.deployed)
	}
	found := deploy(t, cloud, dir, "lost", "BackupTags=backup").objections(t)
	for _, f := range faults {
		j.Bites(f.what+", lost or changed", slices.ContainsFunc(found, func(o objection) bool { return o.resource+"."+o.path == f.found }))
	}
}

// edit replaces the places in a file that read so; there must be that many.
func edit(t *testing.T, file string, places int, old, replacement string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), old); n != places {
		t.Fatalf("%s has %d places that read %q, want %d", file, n, old, places)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), old, replacement)), 0o644); err != nil {
		t.Fatal(err)
	}
}
