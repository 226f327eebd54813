//go:build localstack

package machines_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/localstack"
	"github.com/mapkeep/mapkeep/infra/mapkeep/states/statestest"
)

const (
	role = "arn:aws:iam::000000000000:role/machines"
	shop = "machines-code" // bucket of the function's code
)

// A lab is LocalStack with what the cases need: the program of their function
// in a bucket, and the scripts that the functions ask.
type lab struct {
	name    string // begins the names of all that is made
	cloud   *localstack.Cloud
	scripts *scripts
	mu      sync.Mutex
	names   map[string]int
}

func open(t *testing.T, name string) *lab {
	t.Helper()
	l := &lab{name: name, cloud: localstack.Open(t, "../../.."), scripts: serve(t), names: map[string]int{}}
	code, err := build(t.TempDir())
	if err == nil {
		err = l.put(t.Context(), "/"+shop, nil)
	}
	if err == nil {
		err = l.put(t.Context(), "/"+shop+"/code.zip", code)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// build is the zip of the scripted function.
func build(dir string) ([]byte, error) {
	program := filepath.Join(dir, "bootstrap")
	command := exec.Command("go", "build", "-tags", "localstack,lambda.norpc", "-ldflags", "-s -w", "-o", program, "./scripted")
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+runtime.GOARCH)
	if out, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the function: %w: %s", err, out)
	}
	data, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("bootstrap")
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// unused is a name for a case's machine, function and bucket: one more each
// time that it is run.
func (l *lab) unused(name string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names[name]++
	return fmt.Sprintf("%s-%s-%d", l.name, name, l.names[name])
}

func bucketOf(name string) string { return "machines-" + name }

// prepare makes the function and the bucket that a case speaks of.
func (l *lab) prepare(ctx context.Context, c statestest.Case, name string) error {
	if strings.Contains(string(c.Machine), "${Function}") {
		if err := l.function(ctx, name); err != nil {
			return err
		}
	}
	if strings.Contains(string(c.Machine), "${Bucket}") {
		if err := l.put(ctx, "/"+bucketOf(name), nil); err != nil {
			return err
		}
	}
	for key := range c.Objects {
		if err := l.put(ctx, "/"+bucketOf(name)+"/"+key, c.Object(key)); err != nil {
			return err
		}
	}
	return nil
}

// function makes a function that plays the script of this name, and waits until
// it can be called.
func (l *lab) function(ctx context.Context, name string) error {
	err := l.rest(ctx, http.MethodPost, "lambda", "/2015-03-31/functions", map[string]any{
		"FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Role": role, "Timeout": 60,
		"Code":        map[string]any{"S3Bucket": shop, "S3Key": "code.zip"},
		"Environment": map[string]any{"Variables": map[string]string{"SCRIPT": l.scripts.url + name}},
	}, nil)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for err == nil {
		var is struct{ State, StateReason string }
		err = l.rest(ctx, http.MethodGet, "lambda", "/2015-03-31/functions/"+name+"/configuration", nil, &is)
		switch is.State {
		case "Active":
			return nil
		case "Failed":
			return fmt.Errorf("function %s: %s", name, is.StateReason)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		}
	}
	return err
}
