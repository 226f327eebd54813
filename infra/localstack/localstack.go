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
	"runtime"
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

// Build makes a folder that can be deployed: template.yaml and the machine as
// they are, and the functions built for this computer's processor, which
// LocalStack runs them on whatever Architectures says.
func (c *Cloud) Build() string {
	c.t.Helper()
	dir := c.t.TempDir()
	for _, name := range []string{"template.yaml", "infra/backup.asl.json"} {
		data, err := os.ReadFile(filepath.Join(c.root, name))
		if err != nil {
			c.t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			c.t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			c.t.Fatal(err)
		}
	}
	rooms, err := filepath.Glob(filepath.Join(c.root, "functions", "*"))
	if err != nil || len(rooms) == 0 {
		c.t.Fatalf("functions: %d, %v", len(rooms), err)
	}
	for _, room := range rooms {
		build := exec.Command("go", "build", "-trimpath", "-tags", "lambda.norpc", "-ldflags", "-s -w",
			"-o", filepath.Join(dir, "dist", filepath.Base(room), "bootstrap"), room)
		build.Dir, build.Env = c.root, append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+runtime.GOARCH)
		if out, err := build.CombinedOutput(); err != nil {
			c.t.Fatalf("build %s: %v\n%s", room, err, out)
		}
	}
	return dir
}

// Deploy deploys a built folder as a stack, with parameters NAME=VALUE, and
// gives the stack's outputs. The error has what was refused, and why.
func (c *Cloud) Deploy(dir, stack string, parameters ...string) (map[string]string, error) {
	var outputs map[string]string
	args := append([]string{stack, filepath.Join(dir, "template.yaml")}, parameters...)
	return outputs, c.script(&outputs, "deploy", args...)
}

// Snapshot is what was really made of a stack, by logical id.
func (c *Cloud) Snapshot(stack string) (map[string]map[string]any, error) {
	var seen map[string]map[string]any
	return seen, c.script(&seen, "snapshot", stack)
}

// script runs a script of this folder and decodes what it prints.
func (c *Cloud) script(out any, name string, args ...string) error {
	cmd := exec.Command(filepath.Join(c.root, "infra", "localstack", name), args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(stderr.String()))
	}
	return json.Unmarshal(text, out)
}

// Ask calls a service of AWS's JSON protocols, such as
// ("states", "AWSStepFunctions.StartExecution"). LocalStack reads the service
// out of the credential's scope and checks no signature.
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
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s", target, answer.Status, text)
	}
	if out == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, out)
}
