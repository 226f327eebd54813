// Package objects is S3 on this computer: versitygw with a folder behind it,
// reachable by the SDK over TLS on 127.0.0.1 and nowhere else. Objects lie as
// plain files under DIR/data/backups/<key>; what else the gateway needs is
// under DIR/.store. It is a store, not a simulation: what the gateway can't
// do (lifecycle rules, versions kept after a deletion) is not pretended.
//
// The gateway allows one instance per process and changes the directory, so
// it runs in a child. Start is the parent's side, Serve the child's.
package objects

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

const (
	// Bucket is the one bucket of a local store.
	Bucket = "backups"
	// Region is what requests are signed for; the gateway checks that it is the same on both sides.
	Region = "us-east-1"

	startWait = 30 * time.Second // a cold disk and a busy machine; 0.1 s is usual
	closeWait = 5 * time.Second  // then the child is killed; what it stores is moved into place whole
)

// Options say where the objects lie and how the child is started.
type Options struct {
	// Dir is the folder of the store, made when it is missing.
	Dir string
	// Command makes the process whose main calls Serve. Its standard error is
	// the caller's to set; input, output and process group are set by Start.
	Command func() *exec.Cmd
}

// Server is a running store.
type Server struct {
	Dir       string // absolute; objects are under Dir/data/backups
	Endpoint  string // https://127.0.0.1:port, for AWS_ENDPOINT_URL_S3
	CABundle  string // file with the certificate to trust, for AWS_CA_BUNDLE; gone after Close
	Bucket    string
	Region    string
	AccessKey string
	SecretKey string // made at start, useless afterwards

	cert    []byte
	private string
	stdin   io.Closer
	process *os.Process
	exited  chan struct{}
	close   sync.Once
}

// job is what the parent tells the child through its standard input, which
// stays open as long as the parent lives.
type job struct {
	Data, Meta, Private  string
	CertFile             string
	Key                  []byte
	Bucket, Region       string
	AccessKey, SecretKey string
}

// ready is the child's one line of standard output.
type ready struct {
	Port  int    `json:",omitempty"`
	Error string `json:",omitempty"`
}

// Start makes the folders and the bucket, starts the child and returns when
// it takes requests. Trouble with Dir is fault.StoreRefused in a sentence that
// names it. A ctx that ends while starting ends the child; later it has no
// hold on the server, which runs until Close or until this process dies.
func Start(ctx context.Context, o Options) (*Server, error) {
	dir, err := prepare(o.Dir)
	if err != nil {
		return nil, err
	}
	cert, key, err := certificate()
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	s := &Server{Dir: dir, Bucket: Bucket, Region: Region, AccessKey: "mapkeep", SecretKey: secret(), cert: cert}
	if s.private, err = os.MkdirTemp("", "mapkeep-store-"); err != nil {
		return nil, fmt.Errorf("make a private folder: %w", err)
	}
	s.CABundle = filepath.Join(s.private, "ca.pem")
	if err := os.WriteFile(s.CABundle, cert, 0o600); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.private))
	}
	if err := s.launch(ctx, o.Command(), key); err != nil {
		if s.process != nil {
			s.process.Kill() //nolint:errcheck // it may have ended by itself
		}
		s.Close()
		return nil, fmt.Errorf("start the store in %s: %w", dir, err)
	}
	return s, nil
}

// launch starts the child, tells it its job and waits for its line.
func (s *Server) launch(ctx context.Context, cmd *exec.Cmd, key []byte) error {
	ownGroup(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		return err
	}
	defer out.Close()
	cmd.Stdout = childOut
	err = cmd.Start()
	childOut.Close()
	if err != nil {
		return err
	}
	s.stdin, s.process, s.exited = stdin, cmd.Process, make(chan struct{})
	go func() {
		cmd.Wait() //nolint:errcheck // how the child ends says nothing that its line did not
		close(s.exited)
	}()
	err = json.NewEncoder(stdin).Encode(job{
		Data: dataDir(s.Dir), Meta: metaDir(s.Dir), Private: s.private, CertFile: s.CABundle, Key: key,
		Bucket: s.Bucket, Region: s.Region, AccessKey: s.AccessKey, SecretKey: s.SecretKey,
	})
	if err != nil {
		return fmt.Errorf("tell the child its job: %w", err)
	}
	return s.await(ctx, out)
}

// await reads the child's line and takes the port from it.
func (s *Server) await(ctx context.Context, out io.Reader) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	lines := make(chan ready, 1)
	go func() {
		var r ready
		line, err := bufio.NewReader(out).ReadBytes('\n')
		if err != nil || json.Unmarshal(line, &r) != nil {
			r = ready{Error: "the child ended before it listened"}
		}
		lines <- r
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case r := <-lines:
		if r.Error != "" {
			return errors.New(r.Error)
		}
		s.Endpoint = fmt.Sprintf("https://127.0.0.1:%d", r.Port)
		return nil
	}
}

// Close ends the child, waits for its end and removes the certificate. What
// was stored stays. A second Close does nothing.
func (s *Server) Close() {
	s.close.Do(func() {
		if s.process != nil {
			s.stdin.Close()
			select {
			case <-s.exited:
			case <-time.After(closeWait):
				s.process.Kill() //nolint:errcheck // it may have ended by itself meanwhile
				<-s.exited
			}
		}
		os.RemoveAll(s.private) //nolint:errcheck // a leftover holds a certificate without its key
	})
}
