//go:build linux

package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
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

// serveEnd is the process of one end: certificate, key, share of failures,
// share of resets, rate.
func serveEnd(name string, args []string) error {
	var n [3]float64
	for i, text := range args[2:] {
		var err error
		if n[i], err = strconv.ParseFloat(text, 64); err != nil {
			return err
		}
	}
	var handler http.Handler = &fakes.Source{Fail: n[0], Reset: n[1], Rate: n[2]}
	if name == "__sink" {
		handler = &fakes.Sink{Fail: n[0]}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("https://" + listener.Addr().String())
	return fakes.Serve(listener, handler, args[0], args[1])
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

// environ is what every mover is given: the sink as its S3. One that keeps
// objects, versitygw, does not take the checksums that AWS's own command sends
// behind its parts.
func (e *ends) environ() []string {
	env := os.Environ()
	if e.folder != "" {
		env = append(env, "AWS_REQUEST_CHECKSUM_CALCULATION=when_required")
	}
	return append(env,
		"AWS_ENDPOINT_URL="+e.sink, "S3_ENDPOINT_URL="+e.sink, "AWS_ENDPOINT_URL_S3="+e.sink, "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID="+e.key, "AWS_SECRET_ACCESS_KEY="+e.secret, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CA_BUNDLE="+e.certificate, "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
		"RCLONE_CONFIG="+filepath.Join(filepath.Dir(e.certificate), "rclone.conf"), "RCLONE_CA_CERT="+e.certificate,
		"RCLONE_CONFIG_SINK_TYPE=s3", "RCLONE_CONFIG_SINK_PROVIDER=Other", "RCLONE_CONFIG_SINK_ENDPOINT="+e.sink,
		"RCLONE_CONFIG_SINK_ACCESS_KEY_ID="+e.key, "RCLONE_CONFIG_SINK_SECRET_ACCESS_KEY="+e.secret, "RCLONE_CONFIG_SINK_NO_CHECK_BUCKET=true",
		"RCLONE_CONFIG_SOURCE_TYPE=http", "RCLONE_CONFIG_SOURCE_URL="+e.source, "CURL_CA_BUNDLE="+e.certificate,
	)
}
