package objects

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"

	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"github.com/versity/versitygw/s3api"
)

const (
	// connections is far above what max_concurrency 1000 with a few parts at
	// once needs; above it the gateway answers SlowDown.
	connections = 1 << 14
	// ioBuffer is held by each request that moves bytes.
	ioBuffer = 128 << 10
	// memory is where the collector begins to work harder. Measured: 13 MB idle,
	// 24 MB (proportional set size) under 20 parts of 16 MiB at once.
	memory = 64 << 20
	// portTries: another program may take a free port before the gateway does.
	portTries = 20
)

// serve makes the bucket and runs the gateway on a port that was free. It
// returns only when that can't be done.
func (j job) serve(ctx context.Context, requests *flow, out io.Writer) error {
	keyFile := filepath.Join(j.Private, "key.pem")
	if err := os.WriteFile(keyFile, j.Key, 0o600); err != nil {
		return err
	}
	store, err := meta.NewSideCar(j.Meta)
	if err != nil {
		return err
	}
	if err := j.bucket(store); err != nil {
		return err
	}
	for range portTries {
		err = j.gateway(ctx, store, requests, keyFile, out)
		var busy *net.OpError
		if !errors.As(err, &busy) || busy.Op != "listen" {
			break
		}
	}
	return err
}

// bucket writes what makes a folder a bucket for the gateway: an owner and an
// ownership. It does so at every start, so that a data folder which was copied
// without its .store is a bucket again.
func (j job) bucket(store meta.SideCar) error {
	acl, err := json.Marshal(auth.ACL{Owner: j.AccessKey})
	if err != nil {
		return err
	}
	return errors.Join(
		store.StoreAttribute(nil, j.Bucket, "", "acl", acl),
		store.StoreAttribute(nil, j.Bucket, "", "ownership", []byte("BucketOwnerEnforced")),
	)
}

// gateway runs one gateway for as long as the process lives. Without a
// versioning folder a deleted object's file is gone and its key is free again,
// which the conditional writes of a backup rely on.
func (j job) gateway(ctx context.Context, store meta.SideCar, requests *flow, keyFile string, out io.Writer) error {
	opts := posix.PosixOpts{
		SideCarDir: j.Meta,
		// S3 takes 5 GB at once and more by parts. The gateway's copy by parts
		// is wrong (each part is given the whole source's CRC64NVME), so it is
		// let copy anything at once.
		CopyObjectThreshold: math.MaxInt64,
		IOBufferSize:        ioBuffer,
	}
	opts.SetNewDirPerm(0o777) // the umask takes its part
	opts.SetNewFilePerm(0o666 &^ umask())
	disk, err := posix.New(j.Data, store, opts)
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	listening := func() {
		os.Remove(keyFile)                             //nolint:errcheck // the folder goes at the end
		json.NewEncoder(out).Encode(ready{Port: port}) //nolint:errcheck // the parent may be gone
	}
	return embedgw.RunVersityGW(ctx, disk, &embedgw.Config{
		RootUserAccess: j.AccessKey, RootUserSecret: j.SecretKey, Region: j.Region,
		Ports:    []string{fmt.Sprintf("127.0.0.1:%d", port)},
		CertFile: j.CertFile, KeyFile: keyFile,
		MaxConnections: connections, MaxRequests: connections,
		AdminMaxConnections: 1, AdminMaxRequests: 1,
		MultipartMaxParts: 10_000, // S3's own limit
		KeepAlive:         true, Quiet: true, DisableACLs: true,
		S3Options: []s3api.Option{s3api.WithOnListen(listening), s3api.WithMiddleware("/", requests.pass)},
	})
}

// freePort finds a port that nobody listens on now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
