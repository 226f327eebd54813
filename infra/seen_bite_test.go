package infra_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep"
	"github.com/mapkeep/mapkeep/infra/machinetest"
)

// tampered are edits of template.yaml by a right more or less, at the first
// place after a mark, and what unlike says of the copy: once made from what
// the roles are granted, and at the end from what they were seen to do.
var tampered = []struct{ after, old, edited, says string }{
	// more
	{"WorkingFilesPolicy:", "s3:PutObject]", "s3:PutObject, s3:DeleteObject]", "Close may s3:DeleteObject .mapkeep/*: nobody"},
	{"WorkingFilesPolicy:", "s3:PutObject]", "s3:PutObject, s3:AbortMultipartUpload]", "Check may s3:AbortMultipartUpload .mapkeep/*: nobody"},
	{"WorkingFilesPolicy:", "s3:prefix: .mapkeep/*", "s3:prefix: [.mapkeep/*, other/*]", "Export may s3:ListBucket other/*: nobody"},
	{"ListRole:", "[s3:GetObject, s3:GetObjectTagging]", "[s3:GetObject, s3:GetObjectTagging, s3:PutObjectTagging]", "List may s3:PutObjectTagging DIR/*/manifest.json: nobody"},
	{"ListRole:", "/.mapkeep/runs/*/items.json\"", "/.mapkeep/runs/*/listing.json\"", "List may s3:AbortMultipartUpload .mapkeep/runs/*/listing.json: nobody"},
	{"ExportRole:", "Resource: !GetAtt ExportLog.Arn\n", "Resource: !GetAtt ExportLog.Arn\n              - {Effect: Allow, Action: s3:GetObject, Resource: !GetAtt Bucket.Arn}\n", "Export may s3:GetObject *: nobody"},
	{"CheckRole:", "[logs:CreateLogStream, logs:PutLogEvents]", "[logs:CreateLogStream, logs:PutLogEvents, logs:GetLogEvents]", "Check may logs:GetLogEvents CheckLog: nobody"},
	{"DownloadRole:", "s3:ListMultipartUploadParts]", "s3:ListMultipartUploadParts, s3:GetObjectTagging]", "Download may s3:GetObjectTagging *: nobody"},
	{"FinishRole:", "- !Ref WorkingFilesPolicy\n", "- !Ref WorkingFilesPolicy\n        - !Ref PortalSecretPolicy\n", "Finish may secretsmanager:GetSecretValue PortalSecret: nobody"},
	{"FinishRole:", "- s3:PutObjectTagging\n", "- s3:PutObjectTagging\n                  - s3:GetObjectVersion\n", "Finish may s3:GetObjectVersion DIR/*: nobody"},
	{"BackupRole:", "- !GetAtt FinishFunction.Arn\n", "- !GetAtt FinishFunction.Arn\n                  - !Ref Notifications\n", "Backup may lambda:InvokeFunction Notifications: nobody"},
	{"BackupRole:", "/items.json\"", "/run.json\"", "Backup may s3:GetObject .mapkeep/runs/*/run.json: nobody"},
	{"BackupMapPolicy:", "states:StopExecution]", "states:StopExecution, states:DeleteStateMachine]", "Backup may states:DeleteStateMachine"},
	{"ScheduleRole:", "{Service: scheduler.amazonaws.com}", "{AWS: \"*\"}", "map[AWS:*] may sts:AssumeRole ScheduleRole: nobody"},
	{"NotificationsPolicy:", "Service: cloudwatch.amazonaws.com", "Service: [cloudwatch.amazonaws.com, s3.amazonaws.com]", "s3.amazonaws.com may sns:Publish Notifications: nobody"},
	// less
	{"WorkingFilesPolicy:", "[s3:GetObject, s3:PutObject]", "[s3:GetObject]", "Check may not put .mapkeep/"},
	{"WorkingFilesPolicy:", "[s3:GetObject, s3:PutObject]", "[s3:PutObject]", "Close may not get .mapkeep/"},
	{"WorkingFilesPolicy:", "s3:prefix: .mapkeep/*", "s3:prefix: .mapkeep/folders/*", "Download may not list .mapkeep/"},
	{"WorkingFilesPolicy:", "- Effect: Allow", "- Effect: Deny", "Download may not put .mapkeep/"},
	{"ListRole:", "[s3:GetObject, s3:GetObjectTagging]", "[s3:GetObject]", "List may not gettags DIR/*/manifest.json"},
	{"ListRole:", "Action: s3:AbortMultipartUpload", "Action: s3:PutObject", "List may not abort .mapkeep/runs/*/items.json"},
	{"ListRole:", "${BackupDirectory}/*/manifest.json", "${BackupDirectory}/*/log.json", "List may not get DIR/*/manifest.json"},
	{"CheckRole:", "- !Ref PortalSecretPolicy", "", "Check may not secret PortalSecret"},
	{"DownloadRole:", "s3:AbortMultipartUpload, ", "", "Download may not abort DIR/"},
	{"DownloadRole:", ", s3:ListMultipartUploadParts", "", "Download may not parts DIR/"},
	{"DownloadRole:", ", !Sub \"${Bucket.Arn}/*\"]", ", !Sub \"${Bucket.Arn}/x/*\"]", "(a BackupDirectory: false)"},
	{"FinishRole:", "- s3:PutObjectTagging", "", "Finish may not settags DIR/"},
	{"FinishRole:", "- s3:AbortMultipartUpload", "", "Finish may not abort DIR/"},
	{"FinishRole:", "s3:prefix: !Sub \"${BackupDirectory}/*\"", "s3:prefix: !Sub \"${BackupDirectory}\"", "Finish may not list DIR/"},
	{"BackupRole:", "- !GetAtt CheckFunction.Arn", "", "Backup may not invoke CheckFunction"},
	{"BackupRole:", "/items.json\"", "/item.json\"", "Backup may not get .mapkeep/runs/*/items.json"},
	{"BackupRole:", "[s3:PutObject, s3:GetObject, ", "[s3:GetObject, ", "Backup may not put .mapkeep/runs/*/map/"},
	{"BackupRole:", ", s3:ListMultipartUploadParts", "", "Backup may not s3:ListMultipartUploadParts .mapkeep/runs/*/map/*, which AWS does"},
	{"BackupRole:", "- logs:PutLogEvents", "", "Backup may not logs:PutLogEvents *, which AWS does"},
	{"VpcPolicy:", "- ec2:DescribeSubnets", "", "Finish may not ec2:DescribeSubnets *, which AWS does"},
	{"PortalSecretPolicy:", "Action: kms:Decrypt", "Action: kms:DescribeKey", "Export may not kms:Decrypt SecretKeyArn, which AWS does"},
	{"ScheduleRole:", "Action: states:StartExecution", "Action: states:StartSyncExecution", "Schedule may not states:StartExecution Backup, which AWS does"},
}

// overlooked are the edits that unlike does not find by what was seen.
func overlooked(seen []machinetest.Need) ([]string, error) {
	var missed []string
	for _, edit := range tampered {
		copied, err := tamper(edit.after, edit.old, edit.edited)
		if err != nil {
			return nil, err
		}
		problems, err := unlike(copied, seen)
		if err != nil {
			return nil, fmt.Errorf("%q in place of %q after %s: %w", edit.edited, edit.old, edit.after, err)
		}
		if !strings.Contains(strings.Join(problems, "\n"), edit.says) {
			missed = append(missed, fmt.Sprintf("%q in place of %q after %s: got %q, want one that says %q", edit.edited, edit.old, edit.after, problems, edit.says))
		}
	}
	return missed, nil
}

// tamper edits a copy of template.yaml. What is a line of its own takes the
// line's indent along.
func tamper(after, old, edited string) ([]byte, error) {
	head, tail, _ := bytes.Cut(mapkeep.Template, []byte("\n  "+after))
	at := regexp.MustCompile(`(\n *)?` + regexp.QuoteMeta(old)).FindIndex(tail)
	if at == nil {
		return nil, fmt.Errorf("template.yaml has no %q after %s", old, after)
	}
	if edited != "" {
		at[0] = at[1] - len(old)
	}
	return slices.Concat(head, []byte("\n  "+after), tail[:at[0]], []byte(edited), tail[at[1]:]), nil
}

// Were each right used, the comparison would have nothing to say of the
// template, and something of each edit; and something of each need that comes
// or goes.
func TestRightsAsSeenAreCompared(t *testing.T) {
	t.Parallel()
	var seen []machinetest.Need
	for _, form := range forms[:2] {
		for _, r := range rights(t, form) {
			if !slices.Contains(awsRights(form), r) {
				seen = append(seen, machinetest.Need{Role: r.role, Verb: verbs[r.action], Key: r.key(), Directory: form["InDirectory"]})
			}
		}
	}
	if problems, err := unlike(mapkeep.Template, seen); err != nil || len(problems) > 0 {
		t.Errorf("unlike(template.yaml, what it grants): %q, %v; want nothing", problems, err)
	}
	if missed, err := overlooked(seen); err != nil || len(missed) > 0 {
		t.Errorf("edits that are not found: %v\n%s", err, strings.Join(missed, "\n"))
	}
	more := machinetest.Need{Role: "Finish", Verb: "delete", Key: "DIR/*/manifest.json", Directory: true}
	if problems, _ := unlike(mapkeep.Template, append(slices.Clone(seen), more)); !slices.Contains(problems, rightless(more)) {
		t.Errorf("unlike(…, also %+v): %q, want %q", more, problems, rightless(more))
	}
}
