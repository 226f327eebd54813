package infra_test

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep"
	"github.com/mapkeep/mapkeep/infra"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/layout"
)

// What the program plays at the end of a local run is what the bucket does.
// S3 takes neither a tag beside Uploads nor days beside DeleteMarkers.
func TestLifecycle(t *testing.T) {
	t.Parallel()
	stack, err := infra.Template()
	if err != nil {
		t.Fatal(err)
	}
	want := []infra.Rule{
		{ID: "expired", Tag: infra.Tag{Key: "mapkeep", Value: "expired"}, Expire: 1},
		{ID: "noncurrent", Noncurrent: 7},
		{ID: "delete-markers", DeleteMarkers: true},
		{ID: "unfinished-uploads", Uploads: 7},
		{ID: "working-files", Prefix: layout.Layout{}.RunsPrefix(), Expire: 30},
	}
	if diff := cmp.Diff(want, stack.Rules); diff != "" {
		t.Errorf("Template().Rules (-want +got):\n%s", diff)
	}
	if rule, ok := stack.Rule("noncurrent"); !ok || rule != want[1] {
		t.Errorf("Rule(noncurrent) = %+v, %v; want %+v", rule, ok, want[1])
	}
	if rule, ok := stack.Rule("none"); ok {
		t.Errorf("Rule(none) = %+v, want none", rule)
	}
}

func TestReadRefusesWhatIsNoStack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"",
		"just text",
		"Resources: {",
		"a: 1\n---\nb: 2\n",
		"Resources: {}",
		"Outputs:\n  - {Host: !FindInMap [Console, !Ref AWS::Partition, Host]}\n",
	} {
		if stack, err := infra.Read([]byte(text)); err == nil {
			t.Errorf("Read(%q) = %+v, want an error", text, stack)
		}
	}
}

// A setting is a parameter of the same default and a variable of every
// function, and there are no others.
func TestSettingsAreParametersAndVariables(t *testing.T) {
	t.Parallel()
	doc := decoded(t)
	variables := map[string]any{"BUCKET": map[string]any{"Ref": "Bucket"}}
	for _, s := range backup.Names() {
		variables[s.Variable] = map[string]any{"Ref": s.Parameter}
		p, ok := at(doc, "Parameters", s.Parameter).(map[string]any)
		if !ok {
			t.Errorf("setting %s: template.yaml has no parameter %s", s.Name, s.Parameter)
			continue
		}
		standard, has := p["Default"]
		if has == s.Required || !s.Required && fmt.Sprint(standard) != s.Default {
			t.Errorf("parameter %s: Default is %v, want %q (required: %v)", s.Parameter, standard, s.Default, s.Required)
		}
		if kind := map[bool]string{true: "Number", false: "String"}[s.Kind == backup.KindInt]; p["Type"] != kind {
			t.Errorf("parameter %s: Type is %v, want %s", s.Parameter, p["Type"], kind)
		}
		if s.Kind == backup.KindBool && !cmp.Equal(p["AllowedValues"], []any{"true", "false"}) {
			t.Errorf("parameter %s: AllowedValues is %v, want true and false", s.Parameter, p["AllowedValues"])
		}
	}
	if diff := cmp.Diff(variables, at(doc, "Globals", "Function", "Environment", "Variables")); diff != "" {
		t.Errorf("variables of the functions (-settings +template):\n%s", diff)
	}
}

// A number that a parameter lets through is one that a run takes.
func TestNumbersHaveTheRangesOfTheSettings(t *testing.T) {
	t.Parallel()
	takes := func(name string, value int) bool {
		_, err := backup.Parse(fmt.Appendf(nil, `{"backup_tags":["a"],%q:%d}`, name, value), backup.Defaults())
		return err == nil
	}
	for _, s := range backup.Names() {
		if s.Kind != backup.KindInt {
			continue
		}
		for key, beyond := range map[string]int{"MinValue": -1, "MaxValue": 1} {
			bound, ok := at(decoded(t), "Parameters", s.Parameter, key).(uint64)
			switch {
			case !ok && s.Name == "archive_number" && key == "MaxValue": // none
			case !ok:
				t.Errorf("parameter %s has no %s", s.Parameter, key)
			case !takes(s.Name, int(bound)) || takes(s.Name, int(bound)+beyond):
				t.Errorf("parameter %s: %s is %d, which is not the setting's bound", s.Parameter, key, bound)
			}
		}
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		parameter string
		good, bad []string
	}{
		{"BackupDirectory", []string{"maps", "a/b c/ü", ".hidden", "..a", "...", "a./.b"},
			[]string{"/a", "a/", "a//b", ".", "..", "a/..", "./a", "a/../b", "a*", "a?b", "${x}"}},
		{"BackupDirectoryPrefix", []string{"x y.", "ü_"}, []string{"a/b", `a\b`, "a:b", "a\x00"}},
		{"BackupFileSuffix", []string{"-"}, []string{"", "a|b"}},
		{"UncategorizedSaveTag", []string{"other things"}, []string{"a/b", "a<b"}},
		{"DateFormat", []string{"%Y%m%d", "%d. %B", "%H%M%S.%f%z", "100%%"}, []string{"%H:%M", "%Y/%m", "%e", "%", "%-d"}},
		{"TimeZone", []string{"Europe/Vienna", "America/Port-au-Prince", "Etc/GMT+1"}, []string{"", "Europe Vienna"}},
		{"Portal", []string{"https://maps.example.com/portal", "http://127.0.0.1:8080", "https://[::1]/"},
			[]string{"", "ftp://x", "https://a@b", "https://x/?y", "https://x#y", "www.arcgis.com"}},
		{"ScheduleExpression", []string{"cron(0 3 ? * MON-FRI *)", "rate(12 hours)"},
			[]string{"cron(15 2 * * *)", "15 2 * * ? *", "cron(15 2 * * ? * *)", "rate(0 days)"}},
		{"ScheduleTimeZone", []string{"Europe/Vienna"}, []string{"", "a b"}},
		{"SecretArn", []string{"arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a/b-AbCdEf"}, []string{"a/b", "arn:aws:s3:::x"}},
		{"SecretKeyArn", []string{"arn:aws:kms:eu-west-1:123456789012:key/1a"}, []string{"alias/x", "1a"}},
		{"NotificationEmail", []string{"maps@example.com"}, []string{"maps", "a b@c", "a@b@c"}},
	} {
		p := at(decoded(t), "Parameters", c.parameter).(map[string]any)
		pattern, err := regexp.Compile(p["AllowedPattern"].(string))
		if err != nil {
			t.Errorf("parameter %s: %v", c.parameter, err)
			continue
		}
		for _, value := range append(c.good, p["Default"].(string)) {
			if !pattern.MatchString(value) {
				t.Errorf("parameter %s refuses %q, want it taken", c.parameter, value)
			}
		}
		for _, value := range c.bad {
			if pattern.MatchString(value) {
				t.Errorf("parameter %s takes %q, want it refused", c.parameter, value)
			}
		}
	}
}

// The console's form shows parameters by these groups.
func TestEveryParameterIsExplainedAndInOneGroup(t *testing.T) {
	t.Parallel()
	doc := decoded(t)
	var want, got []string
	for name, p := range doc["Parameters"].(map[string]any) {
		want = append(want, name)
		if text, _ := at(p, "Description").(string); text == "" {
			t.Errorf("parameter %s has no Description", name)
		}
	}
	for _, group := range at(doc, "Metadata", "AWS::CloudFormation::Interface", "ParameterGroups").([]any) {
		for _, name := range at(group, "Parameters").([]any) {
			got = append(got, name.(string))
		}
	}
	sort.Strings(want)
	sort.Strings(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parameters in groups (-parameters +groups):\n%s", diff)
	}
}

// What the template gives the machine is what the machine asks for.
func TestSubstitutions(t *testing.T) {
	t.Parallel()
	var defined, used []string
	for name := range at(decoded(t), "Resources", "Backup", "Properties", "DefinitionSubstitutions").(map[string]any) {
		defined = append(defined, name)
	}
	for _, match := range substitution.FindAllSubmatch(infra.Machine(), -1) {
		used = append(used, string(match[1]))
	}
	sort.Strings(defined)
	sort.Strings(used)
	if diff := cmp.Diff(defined, slices.Compact(used)); diff != "" {
		t.Errorf("substitutions (-template +machine):\n%s", diff)
	}
}

// Whatever lies in the bucket outlives the stack, is kept from everybody else
// and can be brought back.
func TestBucket(t *testing.T) {
	t.Parallel()
	resources := decoded(t)["Resources"]
	for _, id := range []string{"Bucket", "BucketPolicy", "PortalSecret"} {
		for _, policy := range []string{"DeletionPolicy", "UpdateReplacePolicy"} {
			if got := at(resources, id, policy); got != "Retain" {
				t.Errorf("%s of %s is %v, want Retain", policy, id, got)
			}
		}
	}
	properties := at(resources, "Bucket", "Properties")
	if got := at(properties, "VersioningConfiguration", "Status"); got != "Enabled" {
		t.Errorf("versioning is %v, want Enabled", got)
	}
	for _, block := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
		if got := at(properties, "PublicAccessBlockConfiguration", block); got != true {
			t.Errorf("%s is %v, want true", block, got)
		}
	}
	if at(properties, "BucketEncryption") == nil {
		t.Error("the bucket has no BucketEncryption")
	}
	var policy []struct {
		Effect, Principal, Action string
		Resource                  []any
		Condition                 map[string]map[string]string
	}
	remarshal(t, at(resources, "BucketPolicy", "Properties", "PolicyDocument", "Statement"), &policy)
	if len(policy) != 1 || policy[0].Effect != "Deny" || policy[0].Principal != "*" || policy[0].Action != "s3:*" ||
		len(policy[0].Resource) != 2 || policy[0].Condition["Bool"]["aws:SecureTransport"] != "false" {
		t.Errorf("bucket policy is %+v, want all of it denied without TLS", policy)
	}
}

// Two stacks live side by side, anywhere: nothing has a fixed name, and no
// account, region or partition is written down. A function that reserves
// concurrency can't be deployed to a new account.
func TestNothingIsTiedToOnePlace(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{`\b\d{12}\b`, `arn:aws\b`, `\b(us|eu|ap|sa|ca|me|af|cn|il|mx)(-[a-z]+)+-\d\b`, `ReservedConcurrentExecutions`} {
		if found := regexp.MustCompile(pattern).Find(mapkeep.Template); found != nil {
			t.Errorf("template.yaml holds %q", found)
		}
	}
	fixed := regexp.MustCompile(`^(Name|\w*(Bucket|Function|Role|Topic|Alarm|StateMachine|LogGroup|ManagedPolicy)Name)$`)
	for id, r := range decoded(t)["Resources"].(map[string]any) {
		properties, _ := at(r, "Properties").(map[string]any)
		for key, value := range properties {
			if fixed.MatchString(key) && !strings.Contains(fmt.Sprint(value), "${AWS::StackName}") {
				t.Errorf("%s has a fixed %s: %v", id, key, value)
			}
		}
	}
}

func TestSchedule(t *testing.T) {
	t.Parallel()
	schedule := at(decoded(t), "Resources", "Schedule", "Properties")
	want := map[string]any{
		"ScheduleExpression":         map[string]any{"Ref": "ScheduleExpression"},
		"ScheduleExpressionTimezone": map[string]any{"Ref": "ScheduleTimeZone"},
		"State":                      map[string]any{"Ref": "ScheduleState"},
		"FlexibleTimeWindow":         map[string]any{"Mode": "OFF"},
		"Target": map[string]any{
			"Arn":         map[string]any{"Ref": "Backup"},
			"RoleArn":     map[string]any{"Fn::GetAtt": []any{"ScheduleRole", "Arn"}},
			"Input":       "{}",
			"RetryPolicy": map[string]any{"MaximumRetryAttempts": uint64(3), "MaximumEventAgeInSeconds": uint64(3600)},
		},
	}
	got := schedule.(map[string]any)
	delete(got, "Description")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("schedule (-want +got):\n%s", diff)
	}
	standard := at(decoded(t), "Parameters", "ScheduleExpression", "Default").(string)
	if fields := strings.Fields(strings.TrimPrefix(standard, "cron")); len(fields) != 6 {
		t.Errorf("default of ScheduleExpression is %q, want cron with six fields", standard)
	}
}

// One alarm for each way an execution ends badly.
func TestAlarms(t *testing.T) {
	t.Parallel()
	var metrics []string
	for id, r := range decoded(t)["Resources"].(map[string]any) {
		if at(r, "Type") != "AWS::CloudWatch::Alarm" {
			continue
		}
		p := at(r, "Properties")
		metrics = append(metrics, fmt.Sprint(at(p, "MetricName")))
		if !cmp.Equal(at(p, "AlarmActions"), []any{map[string]any{"Ref": "Notifications"}}) || at(p, "TreatMissingData") != "notBreaching" {
			t.Errorf("alarm %s: AlarmActions %v, TreatMissingData %v; want the topic, notBreaching", id, at(p, "AlarmActions"), at(p, "TreatMissingData"))
		}
	}
	sort.Strings(metrics)
	if diff := cmp.Diff([]string{"ExecutionsAborted", "ExecutionsFailed", "ExecutionsTimedOut"}, metrics); diff != "" {
		t.Errorf("metrics with an alarm (-want +got):\n%s", diff)
	}
}

// decoded is template.yaml with its short forms spelt out.
func decoded(t *testing.T) map[string]any {
	t.Helper()
	doc, err := infra.Decode(mapkeep.Template)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}
