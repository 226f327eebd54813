package infra_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep"
	"github.com/mapkeep/mapkeep/infra"
)

// A right is one action on one resource that a role is allowed, or a service
// of AWS by a resource's own policy. Resources go by their names in the
// template; the bucket is BUCKET and the backup_directory DIR.
type right struct{ effect, role, action, resource, prefix string }

// verbs are the actions that our functions and our machine take, as
// machinetest tells them.
var verbs = map[string]string{
	"lambda:InvokeFunction":         "invoke",
	"s3:AbortMultipartUpload":       "abort",
	"s3:GetObject":                  "get",
	"s3:GetObjectTagging":           "gettags",
	"s3:ListBucket":                 "list",
	"s3:ListMultipartUploadParts":   "parts",
	"s3:PutObject":                  "put",
	"s3:PutObjectTagging":           "settags",
	"secretsmanager:GetSecretValue": "secret",
}

// key is what a right is for: in the bucket the pattern of the keys, else the
// resource.
func (r right) key() string {
	if r.resource == "BUCKET" {
		return r.prefix
	}
	return strings.TrimPrefix(r.resource, "BUCKET/")
}

// rightsInBucket renders the rights to S3 by role, a line for each verb.
func rightsInBucket(t *testing.T, directory bool) map[string]string {
	t.Helper()
	where := map[string]map[string][]string{}
	for role := range bucketRights {
		where[role] = map[string][]string{}
	}
	for _, r := range rights(t, map[string]bool{"InDirectory": directory, "MakeSecret": true}) {
		if by := where[r.role]; strings.HasPrefix(r.action, "s3:") {
			by[verbs[r.action]] = append(by[verbs[r.action]], r.key())
		}
	}
	rendered := map[string]string{}
	for role, by := range where {
		var table []string
		for _, verb := range slices.Sorted(maps.Keys(by)) {
			slices.Sort(by[verb])
			table = append(table, verb+" "+strings.Join(by[verb], " "))
		}
		rendered[role] = strings.Join(table, "\n")
	}
	return rendered
}

// rights are those of template.yaml; see rightsOf.
func rights(t *testing.T, conditions map[string]bool) []right {
	t.Helper()
	all, err := rightsOf(mapkeep.Template, conditions)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// rightsOf lists what a template's roles are allowed, by their own and by
// shared policies, and who may take them, when the conditions named hold and
// all others do not.
func rightsOf(template []byte, conditions map[string]bool) ([]right, error) {
	doc, err := infra.Decode(template)
	if err != nil {
		return nil, err
	}
	resources := settle(doc["Resources"], conditions).(map[string]any)
	var all []right
	for id, r := range resources {
		properties, role := at(r, "Properties"), strings.TrimSuffix(id, "Role")
		switch at(r, "Type") {
		case "AWS::IAM::Role":
			all = append(all, allowed(id, at(properties, "AssumeRolePolicyDocument"))...)
			for _, policy := range list(at(properties, "Policies")) {
				all = append(all, allowed(role, at(policy, "PolicyDocument"))...)
			}
			for _, policy := range list(at(properties, "ManagedPolicyArns")) {
				all = append(all, allowed(role, at(resources, named(policy), "Properties", "PolicyDocument"))...)
			}
		case "AWS::IAM::ManagedPolicy":
			for _, attached := range list(at(properties, "Roles")) {
				all = append(all, allowed(strings.TrimSuffix(named(attached), "Role"), at(properties, "PolicyDocument"))...)
			}
		case "AWS::SNS::TopicPolicy":
			all = append(all, allowed(id, at(properties, "PolicyDocument"))...)
		}
	}
	return all, nil
}

// allowed spreads a policy's statements out. One that names a principal is
// about that and the resource the policy belongs to, else about the role.
func allowed(role string, policy any) []right {
	var all []right
	for _, s := range list(at(policy, "Statement")) {
		who, resources, prefixes := []any{role}, list(at(s, "Resource")), list(at(s, "Condition", "StringLike", "s3:prefix"))
		if principal := at(s, "Principal"); principal != nil {
			if who = list(at(principal, "Service")); len(who) == 0 {
				who = []any{principal}
			}
		}
		if len(resources) == 0 {
			resources = []any{role}
		}
		if len(prefixes) == 0 {
			prefixes = []any{"*"}
		}
		for _, one := range who {
			for _, action := range list(at(s, "Action")) {
				for _, resource := range resources {
					for _, prefix := range prefixes {
						all = append(all, right{fmt.Sprint(at(s, "Effect")), fmt.Sprint(one), fmt.Sprint(action), named(resource), fmt.Sprint(prefix)})
					}
				}
			}
		}
	}
	return all
}

// named is a resource by its name in the template, or as it is written.
func named(resource any) string {
	if id, ok := at(resource, "Ref").(string); ok {
		return id
	}
	if attribute, ok := at(resource, "Fn::GetAtt").([]any); ok {
		return fmt.Sprint(attribute[0])
	}
	return fmt.Sprint(resource)
}

// settle decides Fn::If by conditions, drops what is then AWS::NoValue, and
// gives the bucket and the directory short names.
func settle(tree any, conditions map[string]bool) any {
	switch v := tree.(type) {
	case []any:
		var kept []any
		for _, one := range v {
			if one = settle(one, conditions); one != nil {
				kept = append(kept, one)
			}
		}
		return kept
	case map[string]any:
		if choice, ok := v["Fn::If"].([]any); ok {
			taken := map[bool]int{true: 1, false: 2}[conditions[choice[0].(string)]]
			return settle(choice[taken], conditions)
		}
		if v["Ref"] == "AWS::NoValue" {
			return nil
		}
		if text, ok := v["Fn::Sub"].(string); ok {
			return strings.NewReplacer("${Bucket.Arn}", "BUCKET", "${BackupDirectory}", "DIR").Replace(text)
		}
		if cmp.Equal(v["Fn::GetAtt"], []any{"Bucket", "Arn"}) {
			return "BUCKET"
		}
		m := map[string]any{}
		for key, value := range v {
			if value = settle(value, conditions); value != nil {
				m[key] = value
			}
		}
		return m
	}
	return tree
}

// list is a value or a list of values as a list; nothing is none.
func list(value any) []any {
	switch values := value.(type) {
	case nil:
		return nil
	case []any:
		return values
	}
	return []any{value}
}
