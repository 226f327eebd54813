package runtime

import "os"

// passed are the variables of this process that a program can't do without on
// one of the systems: where programs, the user's files and temporary files are.
var passed = []string{
	"PATH", "HOME", "TMPDIR",
	"SystemRoot", "SystemDrive", "windir", "PATHEXT", "ComSpec", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TEMP", "TMP",
}

// environ is the environment of the child with this token: what Lambda gives
// its functions, what the system needs, and the caller's, in that order, so
// that a later one wins. The function's name is the program's, since a child
// serves all functions.
func (h *Host) environ(token string) []string {
	env := []string{
		"AWS_LAMBDA_RUNTIME_API=" + h.address + "/" + token,
		"AWS_LAMBDA_FUNCTION_NAME=mapkeep",
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=1024",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_REGION=us-east-1",
		"AWS_EC2_METADATA_DISABLED=true", // no credentials from a link-local address
		"LAMBDA_TASK_ROOT=" + taskRoot(),
		"_HANDLER=bootstrap",
		"LANG=en_US.UTF-8",
		"TZ=:UTC",
	}
	for _, name := range passed {
		if value, set := os.LookupEnv(name); set {
			env = append(env, name+"="+value)
		}
	}
	return append(env, h.options.Environ...)
}

// taskRoot is where Lambda would have unpacked the code: the folder we are in.
func taskRoot() string {
	dir, err := os.Getwd()
	if err != nil {
		return os.TempDir()
	}
	return dir
}
