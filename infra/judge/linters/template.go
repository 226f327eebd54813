package linters

import (
	"regexp"
	"time"

	"github.com/mapkeep/mapkeep/infra"
)

// Template says what is wrong with a template. It looks at what CloudFormation
// takes and a service then refuses, or takes too: numbers and rules that
// Lambda and S3 turn down, names that are exported twice, schedules, alarms
// that never ring, roles that can't be used.
func Template(text []byte) []string {
	doc, err := infra.Decode(text)
	if err != nil {
		return []string{err.Error()}
	}
	stack, err := infra.Read(text)
	if err != nil {
		return []string{err.Error()}
	}
	var p problems
	p.functions(stack.Functions)
	p.lifecycle(stack.Rules)
	p.exports(doc)
	p.schedule(doc)
	p.alarms(doc)
	p.roles(doc)
	return p.sorted()
}

// longestCall is the most that Lambda gives to one call.
const longestCall = 900 * time.Second

func (p *problems) functions(functions map[string]infra.Function) {
	for name, f := range functions {
		if f.Timeout > longestCall || f.Timeout < time.Second {
			p.add("function %s: a Timeout of %v, Lambda takes 1 s to %v", name, f.Timeout, longestCall)
		}
	}
}

// lifecycle knows which parts of a rule S3 refuses side by side.
func (p *problems) lifecycle(rules []infra.Rule) {
	seen := map[string]bool{}
	for _, r := range rules {
		tagged := r.Tag != infra.Tag{}
		switch {
		case seen[r.ID]:
			p.add("lifecycle: two rules are called %s", r.ID)
		case r.Uploads > 0 && tagged:
			p.add("lifecycle rule %s: S3 refuses tags beside AbortIncompleteMultipartUpload", r.ID)
		case r.DeleteMarkers && (r.Expire > 0 || tagged):
			p.add("lifecycle rule %s: S3 refuses days and tags beside ExpiredObjectDeleteMarker", r.ID)
		case r.Expire <= 0 && r.Noncurrent <= 0 && r.Uploads <= 0 && !r.DeleteMarkers:
			p.add("lifecycle rule %s does nothing", r.ID)
		}
		seen[r.ID] = true
	}
}

// exports are one name space for an account and region: a name without the
// stack's collides with a second stack, a name given twice with itself.
func (p *problems) exports(doc map[string]any) {
	outputs, _ := doc["Outputs"].(map[string]any)
	seen := map[string]bool{}
	for _, output := range outputs {
		name := at(output, "Export", "Name")
		if name == nil {
			continue
		}
		text, _ := at(name, "Fn::Sub").(string)
		switch {
		case !stackName.MatchString(text):
			p.add("an export is called %v, without the stack's name", name)
		case seen[text]:
			p.add("two outputs are exported as %s", text)
		}
		seen[text] = true
	}
}

var stackName = regexp.MustCompile(`\$\{AWS::Stack(Name|Id)\}`)

// shapeless are slips that the parameter's pattern is there to refuse: five
// fields as in crontab, seven, no cron around them.
var shapeless = []string{"cron(15 2 * * *)", "cron(15 2 * * ? * *)", "15 2 * * ? *", "cron(15 2 * * ? *) "}

func (p *problems) schedule(doc map[string]any) {
	parameter := at(doc, "Parameters", "ScheduleExpression")
	standard, _ := at(parameter, "Default").(string)
	if err := Schedule(standard); err != nil {
		p.add("default of ScheduleExpression: %v", err)
	}
	text, _ := at(parameter, "AllowedPattern").(string)
	pattern, err := regexp.Compile(text)
	if err != nil {
		p.add("pattern of ScheduleExpression: %v", err)
		return
	}
	for _, slip := range shapeless {
		if pattern.MatchString(slip) {
			p.add("pattern of ScheduleExpression takes %q", slip)
		}
	}
}

// metrics are those that Step Functions writes for a machine; an alarm on
// another name is deployed, and never rings.
var metrics = map[any]bool{
	"ExecutionTime": true, "ExecutionThrottled": true, "ExecutionsAborted": true, "ExecutionsFailed": true,
	"ExecutionsStarted": true, "ExecutionsSucceeded": true, "ExecutionsTimedOut": true,
}

func (p *problems) alarms(doc map[string]any) {
	for id, alarm := range resources(doc, "AWS::CloudWatch::Alarm") {
		if at(alarm, "Namespace") != "AWS/States" || !metrics[at(alarm, "MetricName")] {
			p.add("alarm %s: nobody writes the metric %v in %v", id, at(alarm, "MetricName"), at(alarm, "Namespace"))
		}
		for _, d := range list(at(alarm, "Dimensions")) {
			if at(d, "Name") != "StateMachineArn" {
				p.add("alarm %s: the machine's metrics have no dimension %v", id, at(d, "Name"))
			}
		}
	}
}
