// Package localstack reaches a LocalStack that was started beside a test by
// with-localstack: it builds and deploys the stack, and asks its services. Its
// tests carry the build tag localstack, and fail where there is no LocalStack.
// What LocalStack is, and what of it can be believed: README.md.
package localstack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Version is the pinned version of LocalStack, as requirements.txt has it.
const Version = "2026.3.0"

// Cloud is the LocalStack of a test.
type Cloud struct {
	Endpoint string // of every service, http://127.0.0.1:4566
	t        testing.TB
	root     string // of the project
}

// Open finds the LocalStack that with-localstack started; root is the way from
// the test to the top of the project.
func Open(t testing.TB, root string) *Cloud {
	t.Helper()
	endpoint := os.Getenv("AWS_ENDPOINT_URL")
	if !strings.HasPrefix(endpoint, "http://127.0.0.1:") {
		t.Fatal("no LocalStack: run this test by infra/localstack/with-localstack")
	}
	root, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	return &Cloud{Endpoint: endpoint, t: t, root: root}
}

// AWS runs AWS's own command line, as AWS(&out, "ec2", "describe-subnets"),
// and decodes its answer into out, if that is not nil.
func (c *Cloud) AWS(out any, args ...string) error {
	text, err := run(exec.Command("aws", append([]string{"--endpoint-url", c.Endpoint, "--output", "json"}, args...)...))
	if err != nil {
		return fmt.Errorf("aws %s: %w", strings.Join(args, " "), err)
	}
	if out == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, out)
}

// run gives what a command prints, or an error with what it complains of.
func run(cmd *exec.Cmd) ([]byte, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return text, nil
}

// Ask calls a service of AWS's JSON protocols, such as
// ("states", "AWSStepFunctions.StartExecution").
func (c *Cloud) Ask(ctx context.Context, service, target string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Endpoint, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", target)
	return c.Send(r, service, out)
}

// Send sends a request to a service and decodes the answer into out, if that
// is not nil. LocalStack reads the service out of the credential's scope and
// checks no signature.
func (c *Cloud) Send(r *http.Request, service string, out any) error {
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s %s: %s: %s", r.Method, r.URL.Path, r.Header.Get("X-Amz-Target"), answer.Status, text)
	}
	if out == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, out)
}
