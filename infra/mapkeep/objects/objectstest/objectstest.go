// Package objectstest gives tests a real S3 server on a folder of their own.
// The test binary runs itself as the server, and under the race detector a
// program built for it, so a package that uses it has
//
//	func TestMain(m *testing.M) { objectstest.Main(m) }
package objectstest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
)

// child is set in the environment of a test binary that is to be the server.
const child = "MAPKEEP_OBJECTSTEST"

// Main runs the tests, or is the server when Start began this process.
func Main(m *testing.M) {
	Child()
	os.Exit(m.Run())
}

// Child is the server, and does not return, when Start began this process;
// else it does nothing. It is for packages whose TestMain does more than Main.
func Child() {
	if os.Getenv(child) == "" {
		return
	}
	if err := objects.Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Start starts a server on a new folder; it ends with the test. What the
// gateway says about errors of its own goes to the test's log.
func Start(t testing.TB) *objects.Server {
	t.Helper()
	return StartIn(t, t.TempDir())
}

// StartIn is Start on a folder of the caller's choice, to look at it again
// after a Close.
func StartIn(t testing.TB, dir string) *objects.Server {
	t.Helper()
	s, err := objects.Start(t.Context(), objects.Options{Dir: dir, Command: func() *exec.Cmd {
		cmd := Command()
		cmd.Stderr = t.Output()
		return cmd
	}})
	if err != nil {
		t.Fatalf("objects.Start(%s): %v; does TestMain call objectstest.Main?", dir, err)
	}
	t.Cleanup(s.Close)
	return s
}

// Command is the server, for objects.Options. It panics where the server can't
// be built.
func Command() *exec.Cmd {
	cmd, err := server()
	if err != nil {
		panic(err)
	}
	return cmd
}

// Itself is this test binary as the server, whoever watches.
func Itself() *exec.Cmd {
	path, err := os.Executable()
	if err != nil {
		path = os.Args[0]
	}
	cmd := exec.Command(path)
	cmd.Env = append(os.Environ(), child+"=1")
	return cmd
}

// Client is an S3 client for the server, its bucket being objects.Bucket.
func Client(t testing.TB, s *objects.Server) *s3.Client {
	t.Helper()
	c, err := s.Client(t.Context())
	if err != nil {
		t.Fatalf("Server.Client: %v", err)
	}
	return c
}
