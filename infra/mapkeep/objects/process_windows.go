package objects

import (
	"io/fs"
	"os/exec"
	"syscall"
)

// detached is DETACHED_PROCESS of "Process Creation Flags", which package
// syscall lacks.
const detached = 0x00000008

// ownGroup keeps what the console tells its processes from the child, which
// has none: Ctrl-C, Ctrl-Break (a group of its own would get that), and that
// the window closes. The parent ends it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: detached} }

// umask is nothing: who may read is inherited from the folder.
func umask() fs.FileMode { return 0 }
