//go:build localstack

package runs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/localstack"
)

// mail is a queue to which an EventBridge rule sends every change of an
// execution's status.
type mail struct {
	cloud *localstack.Cloud
	queue string

	mu   sync.Mutex
	told map[string]bool // execution and status
}

const statusChange = `{"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"]}`

func openMail(t *testing.T, cloud *localstack.Cloud) *mail {
	t.Helper()
	m := &mail{cloud: cloud, told: map[string]bool{}}
	var made struct{ QueueURL string }
	for _, step := range []struct {
		service, target string
		in, out         any
	}{
		{"sqs", "AmazonSQS.CreateQueue", map[string]string{"QueueName": "runs"}, &made},
		{"events", "AWSEvents.PutRule", map[string]string{"Name": "runs", "EventPattern": statusChange}, nil},
		{"events", "AWSEvents.PutTargets", map[string]any{"Rule": "runs", "Targets": []any{map[string]string{"Id": "queue", "Arn": "arn:aws:sqs:us-east-1:000000000000:runs"}}}, nil},
	} {
		if err := cloud.Ask(t.Context(), step.service, step.target, step.in, step.out); err != nil {
			t.Fatal(err)
		}
	}
	m.queue = made.QueueURL
	return m
}

// tells waits until the queue has told that an execution came to a status.
func (m *mail) tells(ctx context.Context, execution, status string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err := until(ctx, func() (bool, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		if err := m.receive(ctx); err != nil {
			return false, err
		}
		return m.told[execution+" "+status], nil
	})
	if err != nil {
		return fmt.Errorf("wait for the event that %s is %s: %w", execution, status, err)
	}
	return nil
}

// receive takes what lies in the queue. A message that comes twice is no harm.
func (m *mail) receive(ctx context.Context) error {
	var got struct{ Messages []struct{ Body string } }
	in := map[string]any{"QueueUrl": m.queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": 3600}
	if err := m.cloud.Ask(ctx, "sqs", "AmazonSQS.ReceiveMessage", in, &got); err != nil {
		return err
	}
	for _, message := range got.Messages {
		var event struct {
			Detail struct{ ExecutionArn, Status string }
		}
		if err := json.Unmarshal([]byte(message.Body), &event); err != nil {
			return fmt.Errorf("event %s: %w", message.Body, err)
		}
		m.told[event.Detail.ExecutionArn+" "+event.Detail.Status] = true
	}
	return nil
}
