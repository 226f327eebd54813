//go:build !race

package objectstest

import "os/exec"

// server is the program that serves.
func server() (*exec.Cmd, error) { return Itself(), nil }
