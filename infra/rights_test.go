package infra_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/layout"
)

// What each role of the stack may do in the bucket, DIR standing for
// BackupDirectory. A change here is a change of what a stolen room could do.
var bucketRights = map[string]string{
	"List": `
		abort    .mapkeep/*
		get      .mapkeep/* DIR/*/manifest.json
		gettags  DIR/*/manifest.json
		list     .mapkeep/* DIR/*
		put      .mapkeep/*`,
	"Export": `
		abort    .mapkeep/*
		get      .mapkeep/*
		list     .mapkeep/*
		put      .mapkeep/*`,
	"Check": `
		abort    .mapkeep/*
		get      .mapkeep/*
		list     .mapkeep/*
		put      .mapkeep/*`,
	"Download": `
		abort    .mapkeep/* DIR/*
		get      .mapkeep/* DIR/*
		list     .mapkeep/* DIR/*
		parts    DIR/*
		put      .mapkeep/* DIR/*`,
	"Close": `
		abort    .mapkeep/*
		get      .mapkeep/*
		list     .mapkeep/*
		put      .mapkeep/*`,
	"Finish": `
		abort    .mapkeep/* DIR/*
		get      .mapkeep/* DIR/*
		gettags  DIR/*
		list     .mapkeep/* DIR/*
		put      .mapkeep/* DIR/*
		settags  DIR/*`,
	"Backup": `
		abort    .mapkeep/runs/*/map/*
		get      .mapkeep/runs/*/items.json .mapkeep/runs/*/map/*
		parts    .mapkeep/runs/*/map/*
		put      .mapkeep/runs/*/map/*`,
	"Schedule": ``,
}

var verbs = map[string]string{
	"s3:AbortMultipartUpload":     "abort",
	"s3:GetObject":                "get",
	"s3:GetObjectTagging":         "gettags",
	"s3:ListBucket":               "list",
	"s3:ListMultipartUploadParts": "parts",
	"s3:PutObject":                "put",
	"s3:PutObjectTagging":         "settags",
}

func TestBucketRights(t *testing.T) {
	t.Parallel()
	under, without := map[string]string{}, map[string]string{}
	for role, table := range bucketRights {
		under[role], without[role] = lines(table), lines(strings.ReplaceAll(table, "DIR/", ""))
	}
	if diff := cmp.Diff(under, rightsInBucket(t, true)); diff != "" {
		t.Errorf("rights under a BackupDirectory (-want +template):\n%s", diff)
	}
	if diff := cmp.Diff(without, rightsInBucket(t, false)); diff != "" {
		t.Errorf("rights without a BackupDirectory (-want +template):\n%s", diff)
	}
}

// The machine reads the list of items and writes the map's results where the
// rooms say they are.
func TestMachineRightsFitTheLayout(t *testing.T) {
	t.Parallel()
	keys := layout.Layout{}
	for _, key := range []string{keys.Items("RUN"), keys.Results("RUN") + "/manifest.json"} {
		if pattern := strings.Replace(strings.Replace(key, "RUN", "*", 1), "manifest.json", "*", 1); !strings.Contains(bucketRights["Backup"], " "+pattern) {
			t.Errorf("no right of the machine covers %s", key)
		}
	}
}

// Only a room that imports the portal's client gets the secret, and only it
// is told where the secret is.
func TestSecretGoesWithThePortal(t *testing.T) {
	t.Parallel()
	resources := decoded(t)["Resources"]
	secret := map[string]any{"Ref": "PortalSecretPolicy"}
	for _, room := range folders(t, "../functions") {
		title := strings.ToUpper(room[:1]) + room[1:]
		_, portal := imports(t, "functions/"+room)["internal/arcgis"]
		attached := slices.ContainsFunc(at(resources, title+"Role", "Properties", "ManagedPolicyArns").([]any),
			func(policy any) bool { return cmp.Equal(policy, secret) })
		told := at(resources, title+"Function", "Properties", "Environment", "Variables", "SECRET_ARN") != nil
		if attached != portal || told != portal {
			t.Errorf("room %s: imports internal/arcgis: %v, has PortalSecretPolicy: %v, has SECRET_ARN: %v; want all alike", room, portal, attached, told)
		}
		if got, want := at(resources, title+"Function", "Properties", "Role"), any([]any{title + "Role", "Arn"}); !cmp.Equal(at(got, "Fn::GetAtt"), want) {
			t.Errorf("function of room %s: Role is %v, want its own, %v", room, got, want)
		}
	}
}

// Nobody deletes or changes the bucket, no action has a wildcard, and a
// resource of * is one that AWS has nothing finer for.
func TestNoRightIsTooWide(t *testing.T) {
	t.Parallel()
	anything := []string{
		"Backup logs:CreateLogDelivery", "Backup logs:CreateLogStream", "Backup logs:DeleteLogDelivery",
		"Backup logs:DescribeLogGroups", "Backup logs:DescribeResourcePolicies", "Backup logs:GetLogDelivery",
		"Backup logs:ListLogDeliveries", "Backup logs:PutLogEvents", "Backup logs:PutResourcePolicy", "Backup logs:UpdateLogDelivery",
		"Backup xray:GetSamplingRules", "Backup xray:GetSamplingTargets", "Backup xray:PutTelemetryRecords", "Backup xray:PutTraceSegments",
	}
	action := regexp.MustCompile(`^[a-z0-9]+:[A-Za-z]+$`)
	var wide []string
	for _, r := range rights(t, map[string]bool{"InDirectory": true, "MakeSecret": true}) {
		switch {
		case !action.MatchString(r.action):
			t.Errorf("role %s: action %q", r.role, r.action)
		case strings.HasPrefix(r.action, "s3:") && verbs[r.action] == "":
			t.Errorf("role %s: %s is nothing that a room does", r.role, r.action)
		}
		if r.resource == "*" {
			wide = append(wide, r.role+" "+r.action)
		}
	}
	slices.Sort(wide)
	if diff := cmp.Diff(anything, wide); diff != "" {
		t.Errorf("rights to any resource (-known +template):\n%s", diff)
	}
}

// A right is one action on one resource that a role is allowed.
type right struct{ role, action, resource, prefix string }

// rightsInBucket renders the rights to S3 by role, a line for each verb.
func rightsInBucket(t *testing.T, directory bool) map[string]string {
	t.Helper()
	where := map[string]map[string][]string{}
	for role := range bucketRights {
		where[role] = map[string][]string{}
	}
	for _, r := range rights(t, map[string]bool{"InDirectory": directory, "MakeSecret": true}) {
		if !strings.HasPrefix(r.action, "s3:") {
			continue
		}
		key := strings.TrimPrefix(r.resource, "BUCKET/")
		if r.resource == "BUCKET" {
			key = r.prefix
		}
		where[r.role][verbs[r.action]] = append(where[r.role][verbs[r.action]], key)
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

// rights lists what the roles are allowed, by their own and by shared
// policies, when the conditions named hold and all others do not.
func rights(t *testing.T, conditions map[string]bool) []right {
	t.Helper()
	resources := settle(decoded(t)["Resources"], conditions).(map[string]any)
	var all []right
	for id, r := range resources {
		if at(r, "Type") != "AWS::IAM::Role" {
			continue
		}
		role := strings.TrimSuffix(id, "Role")
		own, _ := at(r, "Properties", "Policies").([]any)
		for _, policy := range own {
			all = append(all, allowed(t, role, at(policy, "PolicyDocument"))...)
		}
		shared, _ := at(r, "Properties", "ManagedPolicyArns").([]any)
		for _, policy := range shared {
			all = append(all, allowed(t, role, at(resources[at(policy, "Ref").(string)], "Properties", "PolicyDocument"))...)
		}
	}
	return append(all, allowed(t, "Backup", at(resources["BackupMapPolicy"], "Properties", "PolicyDocument"))...)
}

// allowed spreads a policy's statements out.
func allowed(t *testing.T, role string, policy any) []right {
	t.Helper()
	var all []right
	for _, s := range at(policy, "Statement").([]any) {
		if at(s, "Effect") != "Allow" {
			t.Errorf("role %s: a statement that is no Allow: %v", role, s)
		}
		prefix, limited := at(s, "Condition", "StringLike", "s3:prefix").(string)
		if !limited {
			prefix = "*"
		}
		for _, action := range list(at(s, "Action")) {
			for _, resource := range list(at(s, "Resource")) {
				all = append(all, right{role, fmt.Sprint(action), fmt.Sprint(resource), prefix})
			}
		}
	}
	return all
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

// imports is every package of ours that a folder's package needs, by its
// folder.
func imports(t *testing.T, folder string) map[string]bool {
	t.Helper()
	const module = "github.com/mapkeep/mapkeep/"
	found := map[string]bool{}
	var follow func(folder string)
	follow = func(folder string) {
		if found[folder] {
			return
		}
		found[folder] = true
		files, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no Go files in %s (%v)", folder, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range file.Imports {
				path, _ := strconv.Unquote(spec.Path.Value)
				if inner, ours := strings.CutPrefix(path, module); ours {
					follow(inner)
				}
			}
		}
	}
	follow(folder)
	return found
}

// list is a value or a list of values as a list.
func list(value any) []any {
	if values, ok := value.([]any); ok {
		return values
	}
	return []any{value}
}

// lines brings the table of a role into the form of rightsInBucket.
func lines(table string) string {
	var rendered []string
	for line := range strings.Lines(table) {
		if fields := strings.Fields(line); len(fields) > 0 {
			slices.Sort(fields[1:])
			rendered = append(rendered, strings.Join(fields, " "))
		}
	}
	return strings.Join(rendered, "\n")
}
