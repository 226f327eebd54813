//go:build linux

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

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// A result is the median of one measurement.
type result struct {
	items, concurrency int
	seconds, cpu, peak float64 // peak in MB
}

func (r result) bound() float64 { return float64(r.items) / float64(r.concurrency) }

// wholeRuns are a section: a whole run at each concurrency.
func wholeRuns(ctx context.Context, p plan, dir string) (string, error) {
	program, err := buildProgram(ctx, dir)
	if err != nil {
		return "", err
	}
	rows := [][]string{{"items", "max_concurrency", "bound, s", "run, s", "ratio", "CPU, s", "peak memory, MB"}}
	for _, text := range p.concurrency {
		concurrency, err := strconv.Atoi(text)
		if err != nil {
			return "", fmt.Errorf("-concurrency %q: %w", text, err)
		}
		r, err := wholeRun(ctx, program, dir, p.items, concurrency, min(p.rounds, 3))
		if err != nil {
			return "", err
		}
		rows = append(rows, []string{strconv.Itoa(r.items), text, fmt.Sprintf("%.0f", r.bound()), fmt.Sprintf("%.1f", r.seconds),
			fmt.Sprintf("%.2f", r.seconds/r.bound()), fmt.Sprintf("%.1f", r.cpu), fmt.Sprintf("%.0f", r.peak)})
	}
	return table(rows), nil
}

// buildProgram builds mapkeep as a release has it.
func buildProgram(ctx context.Context, dir string) (string, error) {
	program := filepath.Join(dir, "mapkeep")
	out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "./infra/mapkeep").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build mapkeep: %w: %s", err, out)
	}
	return program, nil
}

// wholeRun backs the portal's items up, round by round, each into a folder of
// its own.
func wholeRun(ctx context.Context, program, dir string, items, concurrency, rounds int) (result, error) {
	r := result{items: items, concurrency: concurrency}
	var seconds, cpu, peak []float64
	for round := range rounds {
		s, c, p, err := oneRun(ctx, program, filepath.Join(dir, fmt.Sprintf("%d-%d", concurrency, round)), items, concurrency)
		if err != nil {
			return r, err
		}
		seconds, cpu, peak = append(seconds, s), append(cpu, c), append(peak, p)
	}
	r.seconds, r.cpu, r.peak = median(seconds), median(cpu), median(peak)
	return r, nil
}

// oneRun is one `mapkeep run` as a user would start it.
func oneRun(ctx context.Context, program, to string, items, concurrency int) (seconds, cpu, peak float64, err error) {
	scenario := arcgistest.NewScenario()
	for n := range items {
		scenario.Layer(fmt.Sprintf("Layer %d", n)).Tags("backup").ExportSeconds(1)
	}
	portal, err := arcgistest.Open(scenario)
	if err != nil {
		return 0, 0, 0, err
	}
	defer portal.Close()
	defer os.RemoveAll(to)
	cmd := exec.CommandContext(ctx, program, "run", "--json", "--to", to, "--portal", portal.URL,
		"--trusted-hosts", strings.Join(portal.TrustedHosts(), ","),
		"--backup-tags", "backup", "--max-concurrency", strconv.Itoa(concurrency))
	cmd.Env = append(os.Environ(), "MAPKEEP_SECRET="+string(portal.Secret()))
	var out bytes.Buffer
	cmd.Stdout = &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, 0, err
	}
	stop := make(chan struct{})
	peaks := watch(func() float64 { return tree(cmd.Process.Pid) }, stop)
	err = cmd.Wait()
	seconds = time.Since(start).Seconds()
	close(stop)
	peak = <-peaks
	if err != nil {
		return 0, 0, 0, fmt.Errorf("mapkeep run: %w: %s", err, out.String())
	}
	var answer struct {
		Items struct {
			BackedUp int `json:"backed_up"`
		}
	}
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil || answer.Items.BackedUp != items {
		return 0, 0, 0, fmt.Errorf("mapkeep run backed up %d of %d items (%v)", answer.Items.BackedUp, items, err)
	}
	state := cmd.ProcessState
	return seconds, (state.UserTime() + state.SystemTime()).Seconds(), peak, nil
}
