package infra_test

import (
	"go/parser"
	"go/token"
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
		abort    .mapkeep/runs/*/items.json
		get      .mapkeep/* DIR/*/manifest.json
		gettags  DIR/*/manifest.json
		list     .mapkeep/* DIR/*
		put      .mapkeep/*`,
	"Export": `
		get      .mapkeep/*
		list     .mapkeep/*
		put      .mapkeep/*`,
	"Check": `
		get      .mapkeep/*
		list     .mapkeep/*
		put      .mapkeep/*`,
	"Download": `
		abort    DIR/*
		get      .mapkeep/* DIR/*
		list     .mapkeep/* DIR/*
		parts    DIR/*
		put      .mapkeep/* DIR/*`,
	"Close": `
		get      .mapkeep/*
		list     .mapkeep/*
		put      .mapkeep/*`,
	"Finish": `
		abort    DIR/*
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
		case r.effect != "Allow":
			t.Errorf("role %s: a statement that is no Allow: %+v", r.role, r)
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
