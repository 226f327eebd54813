package machinetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
	"github.com/mapkeep/mapkeep/infra/mapkeep/objects/objectstest"
)

// server is the one S3 server of a test binary; each New makes a bucket of
// its own in it.
var server struct {
	sync.Mutex
	*objects.Server
	buckets int
}

func startServer(t testing.TB) (*objects.Server, string) {
	t.Helper()
	server.Lock()
	defer server.Unlock()
	if server.Server == nil {
		dir, err := os.MkdirTemp("", "machinetest-")
		if err != nil {
			t.Fatal(err)
		}
		command := func() *exec.Cmd { return objectstest.Command() }
		if server.Server, err = objects.Start(context.Background(), objects.Options{Dir: dir, Command: command}); err != nil {
			os.RemoveAll(dir) //nolint:errcheck // the test fails anyway
			t.Fatalf("objects.Start(%s): %v; does TestMain call machinetest.Main?", dir, err)
		}
	}
	server.buckets++
	return server.Server, fmt.Sprintf("backups-%d", server.buckets)
}

func closeServer() {
	if server.Server != nil {
		server.Close()
		os.RemoveAll(server.Dir) //nolint:errcheck // a folder of the system's temporary ones
	}
}
