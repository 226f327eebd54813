package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/gofrs/flock"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/layout"
	"github.com/mapkeep/mapkeep/internal/ledger"
	"github.com/mapkeep/mapkeep/internal/store"
)

// A place is where backups lie: a folder with a store of its own, or a bucket
// elsewhere.
type place struct {
	ledger.Ledger
	name    string // as the user gave it
	dir     string // the folder, "" for a bucket elsewhere
	bucket  string
	environ []string // what a process needs to reach it

	local  *objects.Server // and a client of it, both nil for a bucket elsewhere
	client *s3.Client
	lock   *flock.Flock
}

// openPlace opens DIR or s3://BUCKET[/PREFIX]. Only a run locks a folder.
func openPlace(ctx context.Context, name string, chat io.Writer) (*place, error) {
	if rest, ok := strings.CutPrefix(name, "s3://"); ok {
		return openBucket(ctx, name, rest)
	}
	dir, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	local, err := objects.Start(ctx, objects.Options{Dir: dir, Command: func() *exec.Cmd {
		cmd := itself(asObjects)
		cmd.Stderr = struct{ io.Writer }{chat} // through a pipe: on Windows the child has no console to write on
		cmd.Env = slices.DeleteFunc(os.Environ(), func(pair string) bool { return variable(runtime.GOOS, pair) == secretVariable })
		return cmd
	}})
	if err != nil {
		return nil, err
	}
	client, err := local.Client(ctx)
	if err != nil {
		local.Close()
		return nil, err
	}
	return &place{
		Ledger: ledger.New(store.New(client, local.Bucket), ""), name: name, dir: dir, bucket: local.Bucket,
		environ: local.Environ(), local: local, client: client,
	}, nil
}

// openBucket opens a bucket elsewhere with the user's own AWS settings.
func openBucket(ctx context.Context, name, rest string) (*place, error) {
	bucket, prefix, _ := strings.Cut(rest, "/")
	prefix, err := layout.ParsePrefix(prefix)
	if err != nil {
		return nil, usage("%s: %w", name, err)
	}
	if bucket == "" {
		return nil, usage("%s names no bucket: write s3://BUCKET or s3://BUCKET/PREFIX", name)
	}
	s, err := store.Open(ctx, bucket)
	if err != nil {
		return nil, err
	}
	environ, err := awsEnviron(ctx)
	if err != nil {
		return nil, err
	}
	return &place{Ledger: ledger.New(s, prefix), name: name, bucket: bucket, environ: environ}, nil
}

// awsEnviron is the part of this process's environment by which the SDK finds
// credentials, region and endpoint. A function has a region of its own and
// looks for no instance's role; here the user's region holds, which may come
// from a profile, and the role of the computer may be the user's.
func awsEnviron(ctx context.Context) ([]string, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the AWS settings: %w", err)
	}
	environ := []string{"AWS_EC2_METADATA_DISABLED=false"}
	for _, pair := range os.Environ() {
		name := variable(runtime.GOOS, pair)
		if strings.HasPrefix(name, "AWS_") && !strings.HasPrefix(name, "AWS_LAMBDA_") {
			environ = append(environ, pair)
		}
	}
	return append(environ, "AWS_REGION="+cfg.Region), nil
}

// probe writes two small working files to find out whether the place has what
// a backup needs.
func (p *place) probe(ctx context.Context) error {
	return p.Store.Probe(ctx, layout.Inside(p.Prefix))
}

// alone takes the folder for this run; a second run there is refused. What
// earlier runs left unfinished is dead: nobody else can be at work.
func (p *place) alone(ctx context.Context) error {
	if p.dir == "" || p.lock != nil {
		return nil
	}
	lock := flock.New(filepath.Join(p.dir, ".store", "lock"))
	held, err := lock.TryLock()
	if err != nil {
		return fault.As(fault.StoreRefused, fmt.Errorf("lock %s: %w", p.name, err))
	}
	if !held {
		return fault.New(fault.StoreRefused, fmt.Sprintf("another run is at work in %s: wait until it ends, or name another folder", p.name))
	}
	p.lock = lock
	runs, err := p.Runs(ctx)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if err := p.bury(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

// bury marks a run as dead that left no backup and can't go on.
func (p *place) bury(ctx context.Context, id string) error {
	dead, err := p.Dead(ctx, id)
	if err != nil || dead {
		return err
	}
	run, err := p.Run(ctx, id)
	if errors.Is(err, store.ErrMissing) {
		return nil // it never claimed a folder
	}
	if err != nil {
		return err
	}
	whole, err := p.Store.Exists(ctx, p.Layout(run.Settings).Manifest(run.Directory))
	if err != nil || whole {
		return err
	}
	return p.Bury(ctx, id)
}

// writable says why a folder takes no files any more; a store in trouble does
// not always know.
func (p *place) writable() error {
	if p.dir == "" {
		return nil
	}
	f, err := os.CreateTemp(filepath.Join(p.dir, ".store"), "probe-")
	if err == nil {
		_, err = f.Write(make([]byte, 64<<10))
		err = errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	if err != nil {
		return fmt.Errorf("can't write into %s: %w", p.name, err)
	}
	return nil
}

// close ends the store and gives the folder free.
func (p *place) close() {
	if p.local != nil {
		p.local.Close()
	}
	if p.lock != nil {
		_ = p.lock.Unlock()
	}
}
