package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/mapkeep/mapkeep/bench/fakes"
)

// ends are a source and a sink, each a process of its own over TLS.
type ends struct {
	source, sink string // their URLs
	certificate  string // the file of what both serve with
	key, secret  string // of the sink, which does not look at them
	folder       string // where objects lie, for a sink that keeps them
	client       *http.Client
	pids         []int
	stop         []func()
}

// faults are what goes wrong at the ends, as shares of one, and what the
// source gives each connection at most, in bytes per second; 0 is all it can.
type faults struct{ reset, failGet, failPut, rate float64 }

// startEnds starts both; close ends them.
func startEnds(ctx context.Context, dir string, f faults) (*ends, error) {
	certificate, key := filepath.Join(dir, "certificate.pem"), filepath.Join(dir, "key.pem")
	if err := fakes.Certificate(certificate, key); err != nil {
		return nil, err
	}
	e, err := reach("", "", certificate)
	if err != nil {
		return nil, err
	}
	if e.source, err = e.start(ctx, "__source", certificate, key, text(f.failGet), text(f.reset), text(f.rate)); err != nil {
		return nil, err
	}
	if e.sink, err = e.start(ctx, "__sink", certificate, key, text(f.failPut), "0", "0"); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

func text(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// reach reaches ends that serve with a certificate.
func reach(source, sink, certificate string) (*ends, error) {
	text, err := os.ReadFile(certificate)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return &ends{source: source, sink: sink, certificate: certificate, key: "bench", secret: "bench", client: &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool}, MaxIdleConnsPerHost: 64, DisableCompression: true,
	}}}, nil
}

// start runs this program as one end, which prints its URL.
func (e *ends) start(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	e.pids = append(e.pids, cmd.Process.Pid)
	e.stop = append(e.stop, func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	return strings.TrimSpace(line), err
}

// used is the processor time of both ends so far, in seconds.
func (e *ends) used() float64 {
	sum := 0.0
	for _, pid := range e.pids {
		sum += processorTime(pid)
	}
	return sum
}

func (e *ends) close() {
	for _, stop := range e.stop {
		stop()
	}
}

// ask reads a JSON answer of an end.
func (e *ends) ask(url string, into any) error {
	answer, err := e.client.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return json.NewDecoder(answer.Body).Decode(into)
}

// arrived says whether the sink took every file of a load as the source gave it.
func (e *ends) arrived(l load, prefix string) error {
	if e.folder != "" {
		return e.lies(l, prefix)
	}
	var got map[string]fakes.Object
	if err := e.ask(e.sink+"/-/objects", &got); err != nil {
		return err
	}
	want := fakes.Object{Size: l.size, CRC: fakes.CRC(l.size)}
	for n := range l.files {
		if key := l.key(prefix, n); got[key] != want {
			return fmt.Errorf("%s arrived as %+v, want %+v", key, got[key], want)
		}
	}
	return nil
}
