package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/mapkeep/mapkeep/bench/fakes"
)

// counts are what the ends saw.
func (e *ends) counts() (source, sink fakes.Count, err error) {
	if err = e.ask(e.source+"/-/count", &source); err == nil {
		err = e.ask(e.sink+"/-/count", &sink)
	}
	return source, sink, err
}

// disturbed are a section: the large file while connections break and servers
// are busy, against the undisturbed rate in the same round.
func disturbed(ctx context.Context, p plan, dir string) (string, error) {
	kinds := []struct {
		name string
		f    faults
	}{
		{"nothing", faults{}},
		{"1 % of the source's connections reset midway", faults{reset: 0.01}},
		{"20 % of the source's answers are 503", faults{failGet: 0.2}},
		{"20 % of the parts are answered 503 by the sink", faults{failPut: 0.2}},
		{"connections reset and parts answered 503", faults{reset: 0.01, failPut: 0.2}},
	}
	costs, asked := make([][]float64, len(kinds)), make([][]float64, len(kinds))
	for range min(p.rounds, 3) {
		for k, kind := range kinds {
			e, err := startEnds(ctx, dir, kind.f)
			if err != nil {
				return "", err
			}
			c, err := move(ctx, e, mapkeep(), p.large, now())
			source, sink, countErr := e.counts()
			e.close()
			if err != nil || countErr != nil {
				return "", fmt.Errorf("%s: %w", kind.name, firstOf(err, countErr))
			}
			costs[k], asked[k] = append(costs[k], c.seconds), append(asked[k], float64(source.Requests+sink.Requests))
		}
	}
	rows := [][]string{{"what goes wrong", "MB/s", "of the undisturbed rate", "requests at both ends", "of the undisturbed number"}}
	for k, kind := range kinds {
		var rate, more []float64
		for n := range costs[k] {
			rate, more = append(rate, costs[0][n]/costs[k][n]), append(more, asked[k][n]/asked[0][n])
		}
		p.found.worst("trouble/requests", median(more))
		if slowest, there := p.found["trouble/rate"]; !there || median(rate) < slowest {
			p.found["trouble/rate"] = median(rate)
		}
		rows = append(rows, []string{kind.name, fmt.Sprintf("%.0f", p.large.bytes()/median(costs[k])/1e6), fmt.Sprintf("%.2f", median(rate)),
			fmt.Sprintf("%.0f", median(asked[k])), fmt.Sprintf("%.2f", median(more))})
	}
	return table(rows), nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// killed are a section: the large file's mover is killed when the sink has so
// much of it, and another goes on.
func killed(ctx context.Context, p plan, dir string) (string, error) {
	rows := [][]string{{"killed at", "left to read, MB", "read by the second process, MB", "of that again, MB"}}
	for _, share := range []float64{0.3, 0.6, 0.9} {
		e, err := startEnds(ctx, dir, faults{})
		if err != nil {
			return "", err
		}
		row, err := killedAt(ctx, p.found, e, p.large, share)
		e.close()
		if err != nil {
			return "", fmt.Errorf("killed at %.0f %%: %w", share*100, err)
		}
		rows = append(rows, row)
	}
	return table(rows), nil
}

func killedAt(ctx context.Context, found figures, e *ends, l load, share float64) ([]string, error) {
	prefix := now()
	args := own("__move", work{load: l, e: e, prefix: prefix})[0]
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env, cmd.Stderr = e.environ(), os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	for sink := (fakes.Count{}); float64(sink.Bytes) < share*l.bytes(); {
		var err error
		if _, sink, err = e.counts(); err != nil {
			return nil, err
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := cmd.Process.Kill(); err != nil {
		return nil, fmt.Errorf("it ended before it could be killed: %w", err)
	}
	if err := cmd.Wait(); err == nil {
		return nil, errors.New("it ended before it was killed")
	}
	before, sink, err := e.counts()
	if err != nil {
		return nil, err
	}
	if _, err := move(ctx, e, mapkeep(), l, prefix); err != nil {
		return nil, err
	}
	after, _, err := e.counts()
	if err != nil {
		return nil, err
	}
	left, read := l.bytes()-float64(sink.Bytes), float64(after.Bytes-before.Bytes)
	found.worst("killed", (read-left)/1e6)
	return []string{fmt.Sprintf("%.0f %%", share*100), fmt.Sprintf("%.0f", left/1e6), fmt.Sprintf("%.0f", read/1e6), fmt.Sprintf("%.0f", (read-left)/1e6)}, nil
}
