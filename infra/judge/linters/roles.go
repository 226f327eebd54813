package linters

import (
	"reflect"
)

// roles looks whether a role can be taken on by the service that is given it,
// and may do what it is given for. Neither is looked at before the first run.
func (p *problems) roles(doc map[string]any) {
	for id, f := range resources(doc, "AWS::Serverless::Function") {
		p.trusts(doc, id, at(f, "Role"), "lambda.amazonaws.com")
	}
	for id, machine := range resources(doc, "AWS::Serverless::StateMachine") {
		role := at(machine, "Role")
		p.trusts(doc, id, role, "states.amazonaws.com")
		functions := resources(doc, "AWS::Serverless::Function")
		values, _ := at(machine, "DefinitionSubstitutions").(map[string]any)
		for _, value := range values {
			if functions[target(value)] != nil && !allows(doc, role, "lambda:InvokeFunction", value) {
				p.add("%s: its role may not call %s", id, target(value))
			}
		}
	}
	for id, schedule := range resources(doc, "AWS::Scheduler::Schedule") {
		role := at(schedule, "Target", "RoleArn")
		p.trusts(doc, id, role, "scheduler.amazonaws.com")
		if !allows(doc, role, "states:StartExecution", at(schedule, "Target", "Arn")) {
			p.add("%s: its role may not start what it is there to start", id)
		}
	}
}

// trusts asks the role's trust policy for the service.
func (p *problems) trusts(doc map[string]any, id string, role any, service string) {
	for _, s := range list(at(doc, "Resources", target(role), "Properties", "AssumeRolePolicyDocument", "Statement")) {
		if at(s, "Effect") == "Allow" && at(s, "Action") == "sts:AssumeRole" && contains(at(s, "Principal", "Service"), service) {
			return
		}
	}
	p.add("%s: its role does not trust %s", id, service)
}

// allows asks the role's own policies for an action on a resource, which has
// to be written as in the place that needs it.
func allows(doc map[string]any, role any, action string, resource any) bool {
	for _, policy := range list(at(doc, "Resources", target(role), "Properties", "Policies")) {
		for _, s := range list(at(policy, "PolicyDocument", "Statement")) {
			if at(s, "Effect") == "Allow" && contains(at(s, "Action"), action) && contains(at(s, "Resource"), resource) {
				return true
			}
		}
	}
	return false
}

// target is the logical id that Fn::GetAtt or Ref leads to.
func target(reference any) string {
	if pair, ok := at(reference, "Fn::GetAtt").([]any); ok && len(pair) > 0 {
		id, _ := pair[0].(string)
		return id
	}
	id, _ := at(reference, "Ref").(string)
	return id
}

func contains(values, one any) bool {
	for _, v := range list(values) {
		if reflect.DeepEqual(v, one) {
			return true
		}
	}
	return false
}
