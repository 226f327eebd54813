//go:build localstack

package runs_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/mapkeep/mapkeep/infra/localstack"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/store"
)

// deployed is the side of the stack in LocalStack.
type deployed struct {
	cloud   *localstack.Cloud
	mail    *mail
	program string
	s       scenario
	stack   string
	outputs map[string]string
	runs    int // that have ended
}

// deployed deploys a stack for the scenario and fills its secret. dir is what
// is deployed.
func (w *world) deployed(ctx context.Context, s scenario, p *arcgistest.Portal, dir string) (*deployed, error) {
	d := &deployed{cloud: w.cloud, mail: w.mail, program: w.program, s: s, stack: "runs-" + name(s.name)}
	var parameters []string
	given, values, err := s.set(p, nil)
	if err != nil {
		return nil, err
	}
	for _, setting := range given {
		parameters = append(parameters, setting.Parameter+"="+values[setting.Name])
	}
	if d.outputs, err = w.cloud.Deploy(dir, d.stack, parameters...); err != nil {
		return nil, err
	}
	secret := map[string]string{"SecretId": d.outputs["SecretArn"], "SecretString": string(s.secret(p)), "ClientRequestToken": rand.Text() + rand.Text()}
	return d, w.cloud.Ask(ctx, "secretsmanager", "secretsmanager.PutSecretValue", secret, nil)
}

// name is a text as part of a stack's name.
func name(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, text)
}

func (d *deployed) run(ctx context.Context, n night) (ended, error) {
	execution, err := d.start(ctx, n)
	if err != nil {
		return ended{}, err
	}
	var seen struct{ Status, Error, Cause, Output string }
	err = until(ctx, func() (bool, error) {
		err := d.states(ctx, "DescribeExecution", map[string]string{"executionArn": execution}, &seen)
		return seen.Status != "RUNNING", err
	})
	if err != nil {
		return ended{}, err
	}
	d.runs++
	end := ended{Status: seen.Status, Error: seen.Error, Cause: seen.Cause}
	if seen.Output != "" && seen.Status == "SUCCEEDED" {
		end.Output = json.RawMessage(seen.Output)
	}
	return end, d.mail.tells(ctx, execution, seen.Status)
}

// start starts an execution by hand, or has a rule start it.
func (d *deployed) start(ctx context.Context, n night) (string, error) {
	input := []byte("{}")
	if n.input != nil {
		input, _ = json.Marshal(n.input)
	}
	if d.s.rule {
		return d.byRule(ctx, input)
	}
	var begun struct{ ExecutionArn string }
	err := d.states(ctx, "StartExecution", map[string]string{"stateMachineArn": d.outputs["StateMachineArn"], "input": string(input)}, &begun)
	return begun.ExecutionArn, err
}

// byRule waits until a rule has started an execution, and ends the rule then,
// since it would start another a minute later.
func (d *deployed) byRule(ctx context.Context, input []byte) (string, error) {
	target := map[string]string{"Id": "machine", "Arn": d.outputs["StateMachineArn"], "Input": string(input)}
	rule := map[string]any{"Name": d.stack, "ScheduleExpression": "rate(1 minute)"}
	if err := d.cloud.Ask(ctx, "events", "AWSEvents.PutRule", rule, nil); err != nil {
		return "", err
	}
	if err := d.cloud.Ask(ctx, "events", "AWSEvents.PutTargets", map[string]any{"Rule": d.stack, "Targets": []any{target}}, nil); err != nil {
		return "", err
	}
	var seen struct {
		Executions []struct{ ExecutionArn string }
	}
	err := until(ctx, func() (bool, error) {
		err := d.states(ctx, "ListExecutions", map[string]string{"stateMachineArn": d.outputs["StateMachineArn"]}, &seen)
		return len(seen.Executions) > 0, err
	})
	if err != nil {
		return "", fmt.Errorf("wait for the rule's execution: %w", err)
	}
	return seen.Executions[0].ExecutionArn, d.cloud.Ask(ctx, "events", "AWSEvents.DisableRule", map[string]any{"Name": d.stack}, nil)
}

func (d *deployed) states(ctx context.Context, action string, in, out any) error {
	return d.cloud.Ask(ctx, "states", "AWSStepFunctions."+action, in, out)
}

func (d *deployed) place() string { return "s3://" + d.outputs["BucketName"] }

func (d *deployed) verify(ctx context.Context) ([]byte, error) {
	return said(exec.CommandContext(ctx, d.program, "verify", "--json", "--from", d.place()))
}

// undone is told by the versions that the bucket keeps. Working files may be
// written again.
func (d *deployed) undone(context.Context) (string, error) {
	var seen struct {
		Versions []struct {
			Key      string
			IsLatest bool
		}
		DeleteMarkers []struct{ Key string }
	}
	if err := d.cloud.AWS(&seen, "s3api", "list-object-versions", "--bucket", d.outputs["BucketName"]); err != nil {
		return "", err
	}
	var keys []string
	for _, version := range seen.Versions {
		if !version.IsLatest && !strings.HasPrefix(version.Key, ".mapkeep/") {
			keys = append(keys, version.Key)
		}
	}
	for _, marker := range seen.DeleteMarkers {
		keys = append(keys, marker.Key)
	}
	return strings.Join(keys, ", "), nil
}

func (d *deployed) open(ctx context.Context) (*store.Store, func(), error) {
	bucket, err := store.Open(ctx, d.outputs["BucketName"])
	return bucket, func() {}, err
}

// until asks again and again, a few times a second, until it is answered.
func until(ctx context.Context, ask func() (bool, error)) error {
	for {
		if done, err := ask(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(250 * time.Millisecond):
		}
	}
}
