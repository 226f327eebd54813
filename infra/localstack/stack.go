package localstack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
)

// A Made is what was really made of a stack: by logical id what the resource's
// service says of it, its kind ("AWS::S3::Bucket") and its id there. What the
// service does not have is an "error".
type Made = map[string]map[string]any

// Deploy deploys a built folder as a stack, with parameters NAME=VALUE, and
// gives the stack's outputs. The error has what was refused, and why.
func (c *Cloud) Deploy(dir, stack string, parameters ...string) (map[string]string, error) {
	var outputs map[string]string
	args := append([]string{stack, filepath.Join(dir, "template.yaml")}, parameters...)
	err := c.script(&outputs, nil, "deploy", args...)
	return outputs, err
}

// Undeploy deletes a stack, and returns when it is gone.
func (c *Cloud) Undeploy(stack string) error {
	return c.script(nil, nil, "undeploy", stack)
}

// Snapshot asks each service what it made of a stack.
func (c *Cloud) Snapshot(stack string) (Made, error) {
	var made Made
	err := c.script(&made, nil, "snapshot", stack)
	return made, err
}

// Again asks once more for the resources of a snapshot, whether their stack
// is still there or not.
func (c *Cloud) Again(made Made) (Made, error) {
	text, err := json.Marshal(made)
	if err != nil {
		return nil, err
	}
	var now Made
	err = c.script(&now, bytes.NewReader(text), "snapshot", "--again")
	return now, err
}

// script runs a script of this folder and decodes what it prints.
func (c *Cloud) script(out any, stdin io.Reader, name string, args ...string) error {
	cmd := exec.Command(filepath.Join(c.root, "infra", "localstack", name), args...)
	cmd.Stdin = stdin
	text, err := run(cmd)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}
