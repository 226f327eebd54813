//go:build localstack

package stack_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A reading says where a service shows what a property asked for: at a path
// of the snapshot of the resource itself, or of the one that another property
// names (a bucket's policy shows at the bucket). as turns the template's
// spelling into the service's.
type reading struct {
	at string
	of string
	as func(world, any) any
}

// readings is by kind and property. A property that is not here fails the
// test, so that no new one goes unseen.
var readings = map[string]map[string]reading{
	"AWS::Serverless::Function": same("Runtime", "Architectures", "Handler", "Timeout", "MemorySize", "Role", "LoggingConfig",
		"Environment", "VpcConfig").with("CodeUri", reading{at: "bootstrap", as: bootstrap}),
	"AWS::Serverless::StateMachine": same().with("Type", reading{at: "type"}).with("Role", reading{at: "roleArn"}).
		with("Logging", reading{at: "loggingConfiguration", as: lowerKeys}).with("Tracing", reading{at: "tracingConfiguration", as: lowerKeys}).
		with("DefinitionSubstitutions", reading{at: "definition", as: definition}),
	"AWS::IAM::Role": same().with("Description", reading{at: "description"}).with("AssumeRolePolicyDocument", reading{at: "trust"}).
		with("ManagedPolicyArns", reading{at: "attached"}).with("Policies", reading{at: "inline", as: byPolicyName}),
	"AWS::IAM::ManagedPolicy": same().with("Description", reading{at: "description"}).with("PolicyDocument", reading{at: "document"}),
	"AWS::Logs::LogGroup":     same().with("LogGroupName", reading{at: "logGroupName"}).with("RetentionInDays", reading{at: "retentionInDays"}),
	"AWS::Scheduler::Schedule": same("Description", "ScheduleExpression", "ScheduleExpressionTimezone", "State", "FlexibleTimeWindow",
		"Target"),
	"AWS::S3::Bucket": same().with("BucketEncryption", reading{at: "encryption.ServerSideEncryptionConfiguration.Rules", as: encryption}).
		with("OwnershipControls", reading{at: "ownership.OwnershipControls"}).with("VersioningConfiguration", reading{at: "versioning"}).
		with("PublicAccessBlockConfiguration", reading{at: "public_access.PublicAccessBlockConfiguration"}).
		with("LifecycleConfiguration", reading{at: "lifecycle", as: lifecycle}),
	"AWS::S3::BucketPolicy":       same().with("PolicyDocument", reading{at: "policy", of: "Bucket"}),
	"AWS::SecretsManager::Secret": same("Description"),
	"AWS::SNS::Topic":             same("DisplayName"),
	"AWS::SNS::TopicPolicy":       same().with("PolicyDocument", reading{at: "Policy", of: "Topics"}),
	"AWS::SNS::Subscription":      same("TopicArn", "Protocol", "Endpoint"),
	"AWS::CloudWatch::Alarm": same("AlarmDescription", "Namespace", "MetricName", "Dimensions", "Statistic", "Period",
		"EvaluationPeriods", "Threshold", "ComparisonOperator", "TreatMissingData", "AlarmActions"),
}

// consumed are properties that say where something else goes.
var consumed = map[string][]string{
	"AWS::Serverless::StateMachine": {"DefinitionUri"}, // what it names is filled in for DefinitionSubstitutions
	"AWS::S3::BucketPolicy":         {"Bucket"},
	"AWS::SNS::TopicPolicy":         {"Topics"},
	"AWS::IAM::ManagedPolicy":       {"Roles"}, // shows at the role, see asked
}

type properties map[string]reading

// same are properties that the service shows under the template's names.
func same(names ...string) properties {
	p := properties{}
	for _, name := range names {
		p[name] = reading{at: name}
	}
	return p
}

func (p properties) with(name string, r reading) properties {
	p[name] = r
	return p
}

// asked is what the snapshot must hold by the template: by logical id a tree
// in the services' spelling. unknown are the properties that have no reading.
func (w world) asked() (asked map[string]map[string]any, unknown []string) {
	asked = map[string]map[string]any{}
	for _, name := range w.present("Resources") {
		asked[name] = map[string]any{}
	}
	for _, name := range w.present("Resources") {
		kind := at(w.doc, "Resources", name, "Type").(string)
		properties := w.properties(name)
		for property, value := range properties {
			if slices.Contains(consumed[kind], property) {
				continue
			}
			r, ok := readings[kind][property]
			if !ok {
				unknown = append(unknown, name+"."+property)
				continue
			}
			if r.as != nil {
				value = r.as(w, value)
			}
			put(asked[w.named(name, properties[r.of])], strings.Split(r.at, "."), value)
		}
	}
	w.attach(asked)
	slices.Sort(unknown)
	return asked, unknown
}

// properties are a resource's, resolved, with the template's Globals.
func (w world) properties(name string) map[string]any {
	own, _ := w.value(at(w.doc, "Resources", name, "Properties")).(map[string]any)
	if at(w.doc, "Resources", name, "Type") != "AWS::Serverless::Function" {
		return own
	}
	shared := w.value(at(w.doc, "Globals", "Function")).(map[string]any)
	return overlay(shared, own)
}

// overlay lays own over shared, mapping by mapping, as SAM does with Globals.
func overlay(shared, own map[string]any) map[string]any {
	all := maps.Clone(shared)
	for k, v := range own {
		below, _ := all[k].(map[string]any)
		above, ok := v.(map[string]any)
		if below != nil && ok {
			v = overlay(below, above)
		}
		all[k] = v
	}
	return all
}

// named is the resource that a property names by its id, or else self.
func (w world) named(self string, id any) string {
	if list, ok := id.([]any); ok {
		id = list[0]
	}
	for name, one := range w.made {
		if id != nil && one["id"] == id {
			return name
		}
	}
	return self
}

// attach adds to each role the managed policies that name it, and sorts what
// is attached, since a role's policies have no order.
func (w world) attach(asked map[string]map[string]any) {
	for _, name := range w.present("Resources") {
		roles, _ := w.properties(name)["Roles"].([]any)
		for _, id := range roles {
			role := w.named("", id)
			attached, _ := asked[role]["attached"].([]any)
			asked[role]["attached"] = append(attached, w.id(name))
		}
	}
	for _, one := range asked {
		if attached, ok := one["attached"].([]any); ok {
			slices.SortFunc(attached, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
	}
}

func put(tree map[string]any, path []string, value any) {
	for _, key := range path[:len(path)-1] {
		if tree[key] == nil {
			tree[key] = map[string]any{}
		}
		tree = tree[key].(map[string]any)
	}
	tree[path[len(path)-1]] = value
}
