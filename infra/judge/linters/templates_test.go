package linters_test

// The template, each time with one mistake.
var brokenTemplates = []broken{
	// What can't be read.
	{"a brace is missing", template, `Tracing: {Enabled: true}`, `Tracing: {Enabled: true`, cfnLint},
	{"a key stands twice", template, "Tracing: {Enabled: true}", "Tracing: {Enabled: true}\n      Type: STANDARD", cfnLint},

	// Names that nothing has.
	{"Ref to a parameter that is none", template, "BACKUP_TAGS: !Ref BackupTags", "BACKUP_TAGS: !Ref BackupTag", cfnLint},
	{"an attribute that is none", template, "RoleArn: !GetAtt ScheduleRole.Arn", "RoleArn: !GetAtt ScheduleRole.ARN", cfnLint},
	{"a name in a text that is none", template, "backup (stack ${AWS::StackName})", "backup (stack ${AWS::Stackname})", cfnLint},
	{"a condition that is none", template, "    Condition: SendMail\n", "    Condition: SendMails\n", cfnLint},
	{"a resource that may not be there", template, "  SecretFill:\n    Condition: MakeSecret\n", "  SecretFill:\n", cfnLint},
	{"a parameter that nobody reads", template, "        TRUSTED_HOSTS: !Ref TrustedHosts\n", "", cfnLint},
	{"a type that is none", template, "AWS::SNS::TopicPolicy", "AWS::SNS::TopicPolicies", cfnLint},
	{"role and machine in a circle", template, "                  - !GetAtt ListFunction.Arn\n", "                  - !GetAtt ListFunction.Arn\n                  - !Ref Backup\n", cfnLint},

	// Properties.
	{"a property of a function that is none", template, "MemorySize: 512", "Memory: 512", samValidate},
	{"a machine without a definition", template, "      DefinitionUri: infra/backup.asl.json\n", "", translator},
	{"a function without code", template, "      CodeUri: dist/check\n", "", translator},
	{"a property that is none", template, "DisplayName: Mapkeep", "ShownName: Mapkeep", cfnLint},
	{"a required property is missing", template, " Protocol: email,", "", cfnLint},
	{"a value that is none of the known", template, "VersioningConfiguration: {Status: Enabled}", "VersioningConfiguration: {Status: On}", cfnLint},
	{"OFF without quotes is a truth value", template, `{Mode: "OFF"}`, `{Mode: OFF}`, cfnLint},
	{"a runtime that is none", template, "provided.al2023", "provided.al2024", cfnLint},
	{"more retries than the Scheduler makes", template, "MaximumRetryAttempts: 3", "MaximumRetryAttempts: 300", cfnLint},
	{"a variable that Lambda keeps for itself", template, "BUCKET: !Ref Bucket", "AWS_REGION: !Ref Bucket", cfnLint},
	{"a function longer than Lambda lets it be", template, "dist/download\n      Timeout: 900", "dist/download\n      Timeout: 1000", ours},

	// Parameters.
	{"a default below the least", template, "Default: 14400", "Default: 30", cfnLint},
	{"a default that is not allowed", template, "Default: ENABLED", "Default: ENABELD", cfnLint},
	{"a default that its pattern refuses", template, "Default: https://www.arcgis.com", "Default: www.arcgis.com", cfnLint},
	{"a number for which logs can't be kept", template, "Default: 30\n    AllowedValues", "Default: 31\n    AllowedValues", cfnLint},
	{"a delay that is no less than the longest wait", template, "MaxValue: 299", "MaxValue: 300", ours},
	{"a delay of nothing", template, "MinValue: 1\n    MaxValue: 299", "MinValue: 0\n    MaxValue: 299", ours},

	// Rights.
	{"an action that is none", template, "secretsmanager:GetSecretValue", "secretsmanager:GetSecret", cfnLint},
	{"a statement without effect", template, "            Effect: Deny\n", "", cfnLint},
	{"a role that its service can't take on", template, "{Service: scheduler.amazonaws.com}", "{Service: events.amazonaws.com}", ours},
	{"a function that the machine may not call", template, "                  - !GetAtt CloseFunction.Arn\n", "", ours},
	{"a schedule that may not start the machine", template, "[{Effect: Allow, Action: states:StartExecution, Resource: !Ref Backup}]",
		"[{Effect: Allow, Action: states:StartSyncExecution, Resource: !Ref Backup}]", ours},
	{"the map's label in no right", template, "execution:${Backup.Name}/Items:*\"\n          - Effect", "execution:${Backup.Name}/Item:*\"\n          - Effect", ours},

	// What the machine is filled in with.
	{"a substitution is missing", template, "        CheckFunction: !GetAtt CheckFunction.Arn\n", "", ours},
	{"a substitution by another name", template, "        MaxRetries: !Ref MaxRetries\n", "        Retries: !Ref MaxRetries\n", ours},
	{"a substitution that is no function", template, "CloseFunction: !GetAtt CloseFunction.Arn", "CloseFunction: !Ref Bucket", ours},

	// The bucket's lifecycle.
	{"tags beside the end of uploads", template, "Value: expired}]\n            ExpirationInDays: 1\n",
		"Value: expired}]\n            AbortIncompleteMultipartUpload: {DaysAfterInitiation: 1}\n", ours},
	{"days beside delete markers", template, "ExpiredObjectDeleteMarker: true", "ExpiredObjectDeleteMarker: true\n            ExpirationInDays: 9", ours},
	{"a rule that does nothing", template, "            AbortIncompleteMultipartUpload: {DaysAfterInitiation: 7}\n", "", ours},
	{"two rules of one name", template, "- Id: noncurrent", "- Id: expired", ours},

	// Schedule, alarms, outputs.
	{"cron of five fields", template, "Default: cron(15 2 * * ? *)", "Default: cron(15 2 * * *)", ours},
	{"cron with both days", template, "Default: cron(15 2 * * ? *)", "Default: cron(15 2 * * * *)", ours},
	{"cron with an hour that is none", template, "Default: cron(15 2 * * ? *)", "Default: cron(15 24 * * ? *)", ours},
	{"a pattern that takes five fields", template, `( \S+){5}`, `( \S+){4,5}`, ours},
	{"an alarm on a metric that nobody writes", template, "MetricName: ExecutionsFailed", "MetricName: ExecutionFailed", ours},
	{"two exports of one name", template, "\nOutputs:\n", "\nOutputs:\n  One:\n    Value: !Ref Bucket\n    Export: {Name: !Sub \"${AWS::StackName}-bucket\"}\n" +
		"  Two:\n    Value: !Ref Backup\n    Export: {Name: !Sub \"${AWS::StackName}-bucket\"}\n", ours},
	{"an export that two stacks share", template, "\nOutputs:\n", "\nOutputs:\n  One:\n    Value: !Ref Bucket\n    Export: {Name: mapkeep-bucket}\n", ours},
}
