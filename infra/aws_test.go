package infra_test

import "strings"

// awsUses are the rights that nobody of ours uses: AWS does, in our roles, for
// what the template asks of it.
var awsUses = []struct{ roles, actions, resource, reason string }{
	{rooms, "logs:CreateLogStream logs:PutLogEvents", "ROLELog",
		"Lambda writes what a function logs, in the function's role"},
	{rooms, "ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:DeleteNetworkInterface ec2:AssignPrivateIpAddresses ec2:UnassignPrivateIpAddresses", "*",
		"Lambda ties a function to the VPC, in the function's role (AWSLambdaVPCAccessExecutionRole has the same six)"},
	{"List Export Check Download Close", "kms:Decrypt", "SecretKeyArn",
		"Secrets Manager decrypts the secret with the rights of whoever reads it"},
	{"Backup", "s3:GetObject s3:AbortMultipartUpload s3:ListMultipartUploadParts", "BUCKET/.mapkeep/runs/*/map/*",
		"the Map's ResultWriter writes in parts: the page on policies for distributed maps asks for these beside PutObject"},
	{"Backup", "states:StartExecution", "Backup",
		"a distributed Map starts its children as executions of the machine itself"},
	{"Backup", "states:DescribeExecution states:StopExecution", executions + ":*",
		"a Map watches its children and stops them with itself; which of the two names their ARNs have, the pages disagree"},
	{"Backup", "states:DescribeExecution states:StopExecution states:RedriveExecution", executions + "/Items:*",
		"the same, and a Map that is redriven redrives its children"},
	{"Backup", "logs:CreateLogDelivery logs:CreateLogStream logs:GetLogDelivery logs:UpdateLogDelivery logs:DeleteLogDelivery logs:ListLogDeliveries logs:PutLogEvents logs:PutResourcePolicy logs:DescribeResourcePolicies logs:DescribeLogGroups", "*",
		"Step Functions delivers its log, in the machine's role"},
	{"Backup", "xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules xray:GetSamplingTargets", "*",
		"Step Functions sends its traces, in the machine's role"},
	{"Schedule", "states:StartExecution", "Backup",
		"EventBridge Scheduler starts the machine"},
	{"cloudwatch.amazonaws.com", "sns:Publish", "Notifications",
		"an alarm tells the topic"},
	{"lambda.amazonaws.com", "sts:AssumeRole", "ListRole ExportRole CheckRole DownloadRole CloseRole FinishRole",
		"Lambda runs a function in its role"},
	{"states.amazonaws.com", "sts:AssumeRole", "BackupRole",
		"Step Functions runs the machine in its role"},
	{"scheduler.amazonaws.com", "sts:AssumeRole", "ScheduleRole",
		"EventBridge Scheduler starts the machine in its role"},
}

const (
	rooms      = "List Export Check Download Close Finish"
	executions = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${Backup.Name}"
)

// awsRights spreads awsUses out as the template has them under conditions.
func awsRights(conditions map[string]bool) []right {
	var all []right
	for _, use := range awsUses {
		for _, role := range strings.Fields(use.roles) {
			for _, action := range strings.Fields(use.actions) {
				if action == "kms:Decrypt" && !conditions["OwnSecretKey"] {
					continue
				}
				for _, resource := range strings.Fields(use.resource) {
					all = append(all, right{"Allow", role, action, strings.Replace(resource, "ROLE", role, 1), "*"})
				}
			}
		}
	}
	return all
}
