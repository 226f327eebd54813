package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/mapkeep/mapkeep/bench/fakes"
	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
)

// gateway is a section: a quarter of the large file into the S3 server that `mapkeep run`
// starts, which writes it to disk, in place of the sink.
func gateway(ctx context.Context, p plan, dir string) (string, error) {
	t, err := build(ctx, dir)
	if err != nil {
		return "", err
	}
	e, err := startEnds(ctx, dir, faults{})
	if err != nil {
		return "", err
	}
	defer e.close()
	server, err := objects.Start(ctx, objects.Options{Dir: filepath.Join(dir, "store"), Command: func() *exec.Cmd { return exec.Command(os.Args[0], "__store") }})
	if err != nil {
		return "", err
	}
	defer server.Close()
	if err := e.into(server); err != nil {
		return "", err
	}
	return standings(ctx, p.found, "gateway", e, t.movers(), []load{p.quarter()}, 1)
}

// into makes a server the sink of all that follows.
func (e *ends) into(server *objects.Server) error {
	var both bytes.Buffer
	for _, path := range []string{e.certificate, server.CABundle} {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		both.Write(text)
	}
	e.certificate = filepath.Join(filepath.Dir(e.certificate), "certificates.pem")
	e.sink, e.key, e.secret = server.Endpoint, server.AccessKey, server.SecretKey
	e.folder = filepath.Join(server.Dir, "data", server.Bucket)
	return os.WriteFile(e.certificate, both.Bytes(), 0o644)
}

// lies compares the files of a load that lie in the server's folder with the
// source's, and removes them.
func (e *ends) lies(l load, prefix string) error {
	for n := range l.files {
		got, err := fakes.Sum(filepath.Join(e.folder, l.key(prefix, n)))
		if want := (fakes.Object{Size: l.size, CRC: fakes.CRC(l.size)}); err != nil || got != want {
			return fmt.Errorf("%s lies there as %+v (%v), want %+v", l.key(prefix, n), got, err, want)
		}
	}
	return os.RemoveAll(filepath.Join(e.folder, prefix))
}
