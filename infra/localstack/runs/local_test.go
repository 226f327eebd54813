//go:build localstack

package runs_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/store"
)

// local is the side of `mapkeep run`, into a folder.
type local struct {
	program string
	s       scenario
	portal  *arcgistest.Portal
	dir     string
	secret  string // file
	heard   []call
}

func (w *world) local(t *testing.T, s scenario, p *arcgistest.Portal) (side, error) {
	l := &local{program: w.program, s: s, portal: p, dir: filepath.Join(t.TempDir(), "backups"), secret: filepath.Join(t.TempDir(), "secret.json")}
	return l, os.WriteFile(l.secret, s.secret(p), 0o600)
}

// endings are what the program's exit codes say of an execution.
var endings = map[int]ended{0: {Status: "SUCCEEDED"}, 2: {Status: "FAILED", Error: "BackupFailed"}, 3: {Status: "FAILED", Error: "BackupPartial"}}

func (l *local) run(ctx context.Context, n night) (ended, error) {
	args := []string{"run", "--json", "--verbose", "--to", l.dir, "--secret-file", l.secret}
	given, values, err := l.s.set(l.portal, n.input)
	if err != nil {
		return ended{}, err
	}
	for _, setting := range given {
		args = append(args, "--"+setting.Flag+"="+values[setting.Name])
	}
	var logs bytes.Buffer
	cmd := exec.CommandContext(ctx, l.program, args...)
	cmd.Stderr, cmd.Env = &logs, plain()
	text, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return ended{}, err
	}
	end, known := endings[cmd.ProcessState.ExitCode()]
	if !known {
		return ended{}, fmt.Errorf("mapkeep %q: %w\n%s", args, err, logs.String())
	}
	l.heard = append(l.heard, starts(logs.Bytes())...)
	if end.Status == "SUCCEEDED" {
		end.Output = text
		return end, nil
	}
	var failed struct{ Error string }
	err = json.Unmarshal(text, &failed)
	end.Cause = failed.Error
	return end, err
}

var (
	started = regexp.MustCompile(`^timestamp=(\S+) level=INFO message=start `)
	field   = regexp.MustCompile(` (room|run|item)=(\S+)`)
)

// starts are the lines that functions begin with, in the program's own format.
func starts(logs []byte) []call {
	var out []call
	for lines := bufio.NewScanner(bytes.NewReader(logs)); lines.Scan(); {
		at := started.FindStringSubmatch(lines.Text())
		if at == nil {
			continue
		}
		fields := map[string]string{}
		for _, pair := range field.FindAllStringSubmatch(lines.Text(), -1) {
			fields[pair[1]] = pair[2]
		}
		out = append(out, call{At: at[1], Message: "start", Room: fields["room"], Run: fields["run"], Item: fields["item"]})
	}
	return out
}

func (l *local) calls(context.Context) ([]call, error) { return l.heard, nil }

func (l *local) place() string { return l.dir }

func (l *local) verify(ctx context.Context) ([]byte, error) {
	cmd := exec.CommandContext(ctx, l.program, "verify", "--json", "--from", l.place())
	cmd.Env = plain()
	return said(cmd)
}

// undone is not known: a folder keeps no versions.
func (l *local) undone(context.Context) (string, error) { return "", nil }

// open serves the folder: what lies there is asked for as in any bucket.
func (l *local) open(ctx context.Context) (*store.Store, func(), error) {
	server, err := objects.Start(ctx, objects.Options{Dir: l.dir, Command: func() *exec.Cmd { return exec.Command(l.program, "__objects") }})
	if err != nil {
		return nil, nil, err
	}
	client, err := server.Client(ctx)
	if err != nil {
		server.Close()
		return nil, nil, err
	}
	return store.New(client, server.Bucket), server.Close, nil
}

// plain is this environment without anything of AWS: a local run needs none.
func plain() []string {
	return slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "AWS_") })
}

// said is what a command of the program prints, however it exits.
func said(cmd *exec.Cmd) ([]byte, error) {
	text, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return text, nil
	}
	return text, err
}
