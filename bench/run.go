package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// wholeRuns are a section: a whole run at each concurrency.
func wholeRuns(ctx context.Context, p plan, dir string) (string, error) {
	program, err := buildProgram(ctx, dir)
	if err != nil {
		return "", err
	}
	rows := [][]string{{"items", "max_concurrency", "bound, s", "run, s", "ratio", "CPU, s", "of the portal, s", "peak memory, MB"}}
	for _, text := range p.concurrency {
		concurrency, err := strconv.Atoi(text)
		if err != nil {
			return "", fmt.Errorf("-concurrency %q: %w", text, err)
		}
		c, err := wholeRun(ctx, program, dir, p.items, concurrency, min(p.rounds, 3))
		if err != nil {
			return "", err
		}
		bound := float64(p.items) / float64(concurrency)
		p.found["run/"+text], p.found["run/"+text+"/busy"] = c.seconds/bound, (c.cpu+c.ends)/c.seconds
		rows = append(rows, []string{strconv.Itoa(p.items), text, fmt.Sprintf("%.0f", bound), fmt.Sprintf("%.1f", c.seconds),
			fmt.Sprintf("%.2f", c.seconds/bound), fmt.Sprintf("%.1f", c.cpu), fmt.Sprintf("%.1f", c.ends), fmt.Sprintf("%.0f", c.peak)})
	}
	return table(rows), nil
}

// buildProgram builds mapkeep as a release has it.
func buildProgram(ctx context.Context, dir string) (string, error) {
	path := judge.Program(dir, "mapkeep")
	out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, "./infra/mapkeep").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build mapkeep: %w: %s", err, out)
	}
	return path, nil
}

// wholeRun backs the portal's items up, round by round, each into a folder of
// its own, and gives the medians.
func wholeRun(ctx context.Context, program, dir string, items, concurrency, rounds int) (cost, error) {
	all := standing{}
	for round := range rounds {
		c, err := oneRun(ctx, program, filepath.Join(dir, fmt.Sprintf("%d-%d", concurrency, round)), items, concurrency)
		if err != nil {
			return c, err
		}
		all.rounds = append(all.rounds, c)
	}
	return cost{seconds: median(all.of(seconds)), cpu: median(all.of(cpu)), peak: median(all.of(peak)), ends: median(all.of(beside))}, nil
}

// oneRun is one `mapkeep run` as a user would start it; the portal is the
// other end, in this process. The folder stays until the end of all: ext4
// steps over each inode that was freed in the last minutes when it looks for
// one, and a round after a deletion was seen to take twice the kernel's time.
func oneRun(ctx context.Context, program, to string, items, concurrency int) (cost, error) {
	scenario := arcgistest.NewScenario()
	for n := range items {
		scenario.Layer(fmt.Sprintf("Layer %d", n)).Tags("backup").ExportSeconds(1)
	}
	portal, err := arcgistest.Open(scenario)
	if err != nil {
		return cost{}, err
	}
	defer portal.Close()
	cmd := exec.CommandContext(ctx, program, "run", "--json", "--to", to, "--portal", portal.URL,
		"--trusted-hosts", strings.Join(portal.TrustedHosts(), ","),
		"--backup-tags", "backup", "--max-concurrency", strconv.Itoa(concurrency))
	cmd.Env = append(os.Environ(), "MAPKEEP_SECRET="+string(portal.Secret()))
	var out bytes.Buffer
	cmd.Stdout = &out
	start, before := time.Now(), used()
	if err := cmd.Start(); err != nil {
		return cost{}, err
	}
	stop := make(chan struct{})
	peaks := watch(time.Second, func() float64 { return trees([]int{cmd.Process.Pid}) }, stop)
	err = cmd.Wait()
	c := cost{seconds: time.Since(start).Seconds(), ends: used() - before}
	close(stop)
	c.peak = <-peaks
	if err != nil {
		return c, fmt.Errorf("mapkeep run: %w: %s", err, out.String())
	}
	var answer struct {
		Items struct {
			BackedUp int `json:"backed_up"`
		}
	}
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil || answer.Items.BackedUp != items {
		return c, fmt.Errorf("mapkeep run backed up %d of %d items (%v)", answer.Items.BackedUp, items, err)
	}
	c.cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	return c, nil
}
