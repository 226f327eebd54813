package main

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/mapkeep/mapkeep/infra/judge"
)

// starts is how often a function is started to time it.
const starts = 20

// rooms are the functions, in the order of the machine.
var rooms = []string{"list", "export", "check", "download", "close", "finish"}

// bootstraps are a section: each function's size as it is deployed (arm64), and
// the time from its start to its first question for work, built the same way
// for this computer.
func bootstraps(ctx context.Context, p plan, dir string) (string, error) {
	rows := [][]string{{"function", "bootstrap, MB", "zip, MB", "first poll after, ms"}}
	for _, room := range rooms {
		deployed, err := bootstrap(ctx, dir, room, "linux", "arm64")
		if err != nil {
			return "", err
		}
		info, err := os.Stat(deployed)
		if err != nil {
			return "", err
		}
		zipped, err := zippedSize(deployed)
		if err != nil {
			return "", err
		}
		here, err := bootstrap(ctx, dir, room, runtime.GOOS, runtime.GOARCH)
		if err != nil {
			return "", err
		}
		var polls []float64
		for range starts {
			ms, err := firstPoll(ctx, here)
			if err != nil {
				return "", fmt.Errorf("%s: %w", room, err)
			}
			polls = append(polls, ms)
		}
		p.found.worst("bootstrap", float64(info.Size())/1e6)
		p.found.worst("zip", float64(zipped)/1e6)
		p.found.worst("poll", median(polls))
		rows = append(rows, []string{room, fmt.Sprintf("%.2f", float64(info.Size())/1e6), fmt.Sprintf("%.2f", float64(zipped)/1e6), fmt.Sprintf("%.1f", median(polls))})
	}
	return table(rows), nil
}

// bootstrap builds a function by the Makefile, as `make build` does.
func bootstrap(ctx context.Context, dir, room, system, arch string) (string, error) {
	made := "dist/" + room + "/bootstrap"
	if out, err := exec.CommandContext(ctx, "make", "LAMBDA_OS="+system, "LAMBDA_ARCH="+arch, made).CombinedOutput(); err != nil {
		return "", fmt.Errorf("make %s: %w: %s", made, err, out)
	}
	data, err := os.ReadFile(made)
	if err != nil {
		return "", err
	}
	kept := judge.Program(dir, room+"-"+arch)
	return kept, errors.Join(os.WriteFile(kept, data, 0o755), os.Remove(made))
}

// zippedSize is what a file takes in a zip, packed as well as it can be.
func zippedSize(path string) (int64, error) {
	from, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer from.Close()
	var size tally
	w := zip.NewWriter(&size)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestCompression) })
	into, err := w.Create("bootstrap")
	if err != nil {
		return 0, err
	}
	if _, err := io.Copy(into, from); err != nil {
		return 0, err
	}
	err = w.Close()
	return int64(size), err
}

// tally counts what is written to it.
type tally int64

func (t *tally) Write(p []byte) (int, error) {
	*t += tally(len(p))
	return len(p), nil
}

// firstPoll is the time in milliseconds from a function's start to its first
// question for work, as Lambda's Runtime API gets it.
func firstPoll(ctx context.Context, bootstrap string) (float64, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	polled := make(chan time.Time, 1)
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case polled <- time.Now():
		default:
		}
		<-r.Context().Done()
	})}
	go func() { _ = server.Serve(listener) }() // it ends with Close
	defer func() { _ = server.Close() }()
	cmd := exec.CommandContext(ctx, bootstrap)
	cmd.Env = []string{"AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String(), "AWS_REGION=us-east-1"}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	select {
	case at := <-polled:
		return at.Sub(start).Seconds() * 1000, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}
