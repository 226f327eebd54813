package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/mapkeep/mapkeep/infra"
	"github.com/mapkeep/mapkeep/infra/mapkeep/runtime"
	"github.com/mapkeep/mapkeep/infra/mapkeep/secrets"
	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/store"
)

// A cloud is the part of AWS that one backup needs: the state machine, the
// functions and the secret, over a place.
type cloud struct {
	engine  *states.Engine
	host    *runtime.Host
	secrets *secrets.Server
}

// cloudOptions say what is run where.
type cloudOptions struct {
	place    *place
	settings backup.Settings // fixes what a stack's parameters fix
	secret   []byte
	clock    states.Clock
	observe  func(states.Event)
	logs     io.Writer
}

// openCloud starts everything a run needs.
func openCloud(o cloudOptions) (*cloud, error) {
	machine, err := states.Parse(infra.Machine(), substitutions(o.place.bucket, o.settings))
	if err != nil {
		return nil, fmt.Errorf("read the state machine: %w", err)
	}
	vault, err := secrets.Start(o.secret)
	if err != nil {
		return nil, err
	}
	timeouts, err := functionTimeouts()
	if err != nil {
		return nil, err
	}
	host, err := runtime.Start(runtime.Options{
		Command: func(env []string) *exec.Cmd {
			cmd := itself(asFunctions)
			cmd.Env = env
			return cmd
		},
		Environ:   environ(o, vault),
		Functions: timeouts,
		Limit:     o.settings.MaxConcurrency + 2,
		Logs:      o.logs,
	})
	if err != nil {
		vault.Close()
		return nil, err
	}
	c := &cloud{host: host, secrets: vault}
	c.engine = &states.Engine{
		Machine: machine, Name: "mapkeep", Tasks: tasks{host}, Objects: bucket{o.place.Store},
		Clock: o.clock, Observe: o.observe,
	}
	return c, nil
}

// close ends the children and the secret's server.
func (c *cloud) close() {
	c.host.Close()
	c.secrets.Close()
}

// substitutions are what template.yaml puts into the machine.
func substitutions(bucket string, s backup.Settings) map[string]string {
	values := map[string]string{
		"Bucket": bucket, "MaxRetries": strconv.Itoa(s.MaxRetries), "ExportDelay": strconv.Itoa(s.ExportDelay),
	}
	for name := range functions() {
		values[strings.ToUpper(name[:1])+name[1:]+"Function"] = name
	}
	return values
}

// functionTimeouts are those of template.yaml.
func functionTimeouts() (map[string]runtime.Function, error) {
	template, err := infra.Template()
	if err != nil {
		return nil, err
	}
	timeouts := map[string]runtime.Function{}
	for name := range functions() {
		timeouts[name] = runtime.Function{Timeout: template.Functions[name].Timeout}
	}
	return timeouts, nil
}

// environ is what the functions find in theirs, by the names of template.yaml.
func environ(o cloudOptions, vault *secrets.Server) []string {
	env := append([]string{
		"BUCKET=" + o.place.bucket, "PREFIX=" + o.place.Prefix, "SECRET_ARN=" + vault.ARN,
		"AWS_ENDPOINT_URL_SECRETS_MANAGER=" + vault.Endpoint,
		"BACKUP_DIRECTORY=" + o.settings.BackupDirectory,
		"EXPORT_DELAY=" + strconv.Itoa(o.settings.ExportDelay),
		"MAX_RETRIES=" + strconv.Itoa(o.settings.MaxRetries),
		"GOMAXPROCS=2", // as many as a small Lambda has
	}, o.place.environ...)
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// tasks lets the machine invoke the functions.
type tasks struct{ host *runtime.Host }

// Invoke names errors as the machine matches them.
func (t tasks) Invoke(ctx context.Context, function string, payload json.RawMessage) (json.RawMessage, error) {
	answer, err := t.host.Invoke(ctx, function, payload)
	var failed *runtime.Error
	if errors.As(err, &failed) {
		return nil, &states.TaskError{Name: failed.Name, Cause: failed.Cause}
	}
	return answer, err
}

// bucket lets the machine read items.json and write the Map's results.
type bucket struct{ store *store.Store }

// Get opens an object.
func (b bucket) Get(ctx context.Context, _, key string) (io.ReadCloser, error) {
	body, _, err := b.store.Reader(ctx, key)
	return body, err
}

// Put writes an object.
func (b bucket) Put(ctx context.Context, _, key string, body io.Reader, _ int64) error {
	_, _, err := b.store.Upload(ctx, key, body, store.UploadOptions{})
	return err
}

// movedClock is real time moved by an offset; its sleeps are real.
type movedClock struct {
	states.WallClock
	offset time.Duration
}

// Now is the moved time.
func (c movedClock) Now() time.Time { return time.Now().Add(c.offset) }
