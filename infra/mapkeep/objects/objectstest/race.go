//go:build race

package objectstest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
)

// unwatched builds the server without the race detector, once for a test
// binary. It lies in one place under the temporary folder and is replaced as a
// whole, so that test binaries that run beside each other don't meet. Windows
// does not replace a program that runs: then this binary has one of its own.
var unwatched = sync.OnceValues(func() (string, error) {
	end := ""
	if runtime.GOOS == "windows" {
		end = ".exe"
	}
	path := filepath.Join(os.TempDir(), fmt.Sprintf("mapkeep-objectstest-%d", os.Getuid()))
	made := fmt.Sprintf("%s-%d%s", path, os.Getpid(), end)
	build := exec.Command("go", "build", "-o", made, "github.com/mapkeep/mapkeep/infra/mapkeep/objects/objectstest/server")
	if said, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the store's process: %w: %s", err, said)
	}
	if os.Rename(made, path+end) != nil {
		return made, nil
	}
	return path + end, nil
})

// server is the program that serves.
func server() (*exec.Cmd, error) {
	path, err := unwatched()
	if err != nil {
		return nil, err
	}
	return exec.Command(path), nil
}
