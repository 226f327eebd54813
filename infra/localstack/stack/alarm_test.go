//go:build localstack

package stack_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/localstack"
)

// LocalStack writes no metric of Step Functions, so the metrics of a bad end
// are put by hand, with the dimension that AWS gives them. Each alarm tells
// the topic, and whoever subscribed to it hears; nobody hears of the stack
// beside it. (That the map's children, MACHINE/Items, wake nobody can't be
// seen here: LocalStack takes a dimension for any that it is the beginning of.)
func TestAlarmsAreHeard(t *testing.T) {
	t.Parallel()
	cloud, j := open(t)
	bad := map[string]string{"FailedAlarm": "ExecutionsFailed", "TimedOutAlarm": "ExecutionsTimedOut", "AbortedAlarm": "ExecutionsAborted"}
	dir := cloud.Sketch()
	edit(t, filepath.Join(dir, "template.yaml"), len(bad), "Period: 300", "Period: 30") // LocalStack looks once a period
	told, quiet := deploy(t, cloud, dir, "told", "BackupTags=backup"), deploy(t, cloud, dir, "quiet", "BackupTags=backup")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	receive := listen(ctx, t, told, quiet)
	want := map[string]bool{}
	for name, metric := range bad {
		count(ctx, t, cloud, metric, told.id("Backup"))
		want[told.id(name)+" ALARM"] = true
	}
	heard := map[string]bool{}
	for len(heard) < len(want) {
		for _, a := range receive() {
			heard[a.AlarmName+" "+a.NewStateValue] = true
		}
	}
	for said := range want {
		j.Case("an alarm is heard", objectUnless(heard[said], fmt.Sprintf("%s: heard only %v", said, heard)))
	}
	now := again(t, cloud, quiet.made)
	for name := range bad {
		j.Case(name+" of the other stack", objectUnless(at(now[name], "StateValue") == "OK", fmt.Sprint(now[name])))
	}
}

func objectUnless(good bool, objection string) string {
	if good {
		return ""
	}
	return objection
}

// count puts one execution that ended badly, as AWS/States would count it.
func count(ctx context.Context, t *testing.T, cloud *localstack.Cloud, metric, machine string) {
	t.Helper()
	data := map[string]any{"MetricName": metric, "Value": 1, "Unit": "Count", "Dimensions": []any{map[string]any{"Name": "StateMachineArn", "Value": machine}}}
	if err := cloud.Ask(ctx, "monitoring", "GraniteServiceVersion20100801.PutMetricData",
		map[string]any{"Namespace": "AWS/States", "MetricData": []any{data}}, nil); err != nil {
		t.Fatal(err)
	}
}

// alarm is what CloudWatch tells a topic.
type alarm struct{ AlarmName, NewStateValue string }

// listen subscribes a queue to the notifications of stacks. What it returns
// waits up to 20 s for some.
func listen(ctx context.Context, t *testing.T, stacks ...deployed) func() []alarm {
	t.Helper()
	cloud := stacks[0].cloud
	ask := func(target string, in, out any) {
		t.Helper()
		if err := cloud.Ask(ctx, "sqs", "AmazonSQS."+target, in, out); err != nil {
			t.Fatal(err)
		}
	}
	var queue struct {
		QueueURL string `json:"QueueUrl"`
	}
	ask("CreateQueue", map[string]any{"QueueName": stacks[0].stack + "-ear"}, &queue)
	for _, s := range stacks {
		if err := cloud.AWS(nil, "sns", "subscribe", "--topic-arn", s.outputs["NotificationsArn"], "--protocol", "sqs",
			"--notification-endpoint", "arn:aws:sqs:"+region+":"+account+":"+stacks[0].stack+"-ear"); err != nil {
			t.Fatal(err)
		}
	}
	return func() (alarms []alarm) {
		t.Helper()
		var got struct {
			Messages []struct{ Body, ReceiptHandle string }
		}
		ask("ReceiveMessage", map[string]any{"QueueUrl": queue.QueueURL, "WaitTimeSeconds": 20, "MaxNumberOfMessages": 10}, &got)
		for _, m := range got.Messages {
			var notification struct{ Message string }
			var a alarm
			if err := json.Unmarshal([]byte(m.Body), &notification); err != nil {
				t.Fatalf("message %s: %v", m.Body, err)
			}
			if err := json.Unmarshal([]byte(notification.Message), &a); err != nil {
				t.Fatalf("message %s: %v", notification.Message, err)
			}
			alarms = append(alarms, a)
			ask("DeleteMessage", map[string]any{"QueueUrl": queue.QueueURL, "ReceiptHandle": m.ReceiptHandle}, nil)
		}
		return alarms
	}
}
