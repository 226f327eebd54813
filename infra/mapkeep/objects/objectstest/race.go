//go:build race

package objectstest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// unwatched builds the server without the race detector, once for a test
// binary. It lies in one place under the temporary folder and is replaced as a
// whole, so that test binaries that run beside each other don't meet.
var unwatched = sync.OnceValues(func() (string, error) {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("mapkeep-objectstest-%d", os.Getuid()))
	made := fmt.Sprintf("%s-%d", path, os.Getpid())
	build := exec.Command("go", "build", "-o", made, "github.com/mapkeep/mapkeep/infra/mapkeep/objects/objectstest/server")
	if said, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the store's process: %w: %s", err, said)
	}
	return path, os.Rename(made, path)
})

// server is the program that serves.
func server() (*exec.Cmd, error) {
	path, err := unwatched()
	if err != nil {
		return nil, err
	}
	return exec.Command(path), nil
}
