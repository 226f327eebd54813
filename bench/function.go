package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/mapkeep/mapkeep/infra/mapkeep/runtime"
	"github.com/mapkeep/mapkeep/infra/mapkeep/secrets"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/backup"
)

// A function is the Download function, warm.
type function struct {
	host  *runtime.Host
	cmd   *exec.Cmd
	close func()
}

func (e *ends) function(program string, portal *arcgistest.Portal) (*function, error) {
	secret := map[string]string{}
	if err := json.Unmarshal(portal.Secret(), &secret); err != nil {
		return nil, err
	}
	ca, err := os.ReadFile(e.certificate)
	if err != nil {
		return nil, err
	}
	secret["ca"] = string(ca)
	text, err := json.Marshal(secret)
	if err != nil {
		return nil, err
	}
	vault, err := secrets.Start(text)
	if err != nil {
		return nil, err
	}
	f := &function{}
	f.host, err = runtime.Start(runtime.Options{
		Limit: 1, Functions: map[string]runtime.Function{"download": {Timeout: 15 * time.Minute}},
		Command: func(env []string) *exec.Cmd {
			f.cmd = exec.Command(program)
			f.cmd.Env = env
			return f.cmd
		},
		Environ: []string{
			"BUCKET=" + bucket, "SECRET_ARN=" + vault.ARN, "AWS_ENDPOINT_URL_SECRETS_MANAGER=" + vault.Endpoint, "AWS_ENDPOINT_URL_S3=" + e.sink,
			"AWS_CA_BUNDLE=" + e.certificate, "AWS_ACCESS_KEY_ID=" + e.key, "AWS_SECRET_ACCESS_KEY=" + e.secret,
		},
	})
	f.close = func() {
		f.host.Close()
		vault.Close()
	}
	return f, err
}

// bring has an item brought, call by call as the machine does, and measures.
func (f *function) bring(ctx context.Context, run backup.Run, item, title string) (cost, error) {
	d := backup.Docket{Run: run.ID, Item: item, Title: title, Type: "Image", Folder: "files", Way: backup.ByFile, Plan: backup.ByFile}
	var c cost
	for !d.Whole {
		call, err := json.Marshal(backup.Call{Docket: d})
		if err != nil {
			return c, err
		}
		start, before := time.Now(), processorTime(f.pid())
		stop := make(chan struct{})
		peaks := watch(often, func() float64 { return alone(f.pid()) }, stop)
		answer, err := f.host.Invoke(ctx, "download", call)
		c.seconds += time.Since(start).Seconds()
		c.cpu += processorTime(f.pid()) - before
		close(stop)
		c.peak = max(c.peak, <-peaks, alone(f.pid()))
		if err == nil {
			err = json.Unmarshal(answer, &d)
		}
		if err != nil {
			return c, fmt.Errorf("call Download: %w", err)
		}
	}
	c.disk = disk(f.pid())
	return c, nil
}

// pid is that of the function's process, 0 before it runs.
func (f *function) pid() int {
	if f.cmd == nil || f.cmd.Process == nil {
		return 0
	}
	return f.cmd.Process.Pid
}
