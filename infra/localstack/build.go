package localstack

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Build makes a folder that can be deployed: template.yaml and the machine as
// they are, and the functions built for this computer's processor, which
// LocalStack runs them on whatever Architectures says.
func (c *Cloud) Build() string {
	c.t.Helper()
	dir := c.source()
	for _, room := range c.rooms() {
		build := exec.Command("go", "build", "-trimpath", "-tags", "lambda.norpc,nethttpomithttp2", "-ldflags", "-s -w",
			"-o", filepath.Join(dir, "dist", filepath.Base(room), "bootstrap"), room)
		build.Dir, build.Env = c.root, append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+runtime.GOARCH)
		if out, err := build.CombinedOutput(); err != nil {
			c.t.Fatalf("build %s: %v\n%s", room, err, out)
		}
	}
	return dir
}

// Sketch is Build for a stack whose functions nobody calls: each bootstrap is
// a text that names its room.
func (c *Cloud) Sketch() string {
	c.t.Helper()
	dir := c.source()
	for _, room := range c.rooms() {
		name := filepath.Base(room)
		c.write(filepath.Join(dir, "dist", name, "bootstrap"), []byte("not the program of "+name+"\n"))
	}
	return dir
}

// source is a folder with template.yaml and the machine.
func (c *Cloud) source() string {
	c.t.Helper()
	dir := c.t.TempDir()
	for _, name := range []string{"template.yaml", "infra/backup.asl.json"} {
		data, err := os.ReadFile(filepath.Join(c.root, name))
		if err != nil {
			c.t.Fatal(err)
		}
		c.write(filepath.Join(dir, name), data)
	}
	return dir
}

// rooms are the folders of the functions.
func (c *Cloud) rooms() []string {
	c.t.Helper()
	rooms, err := filepath.Glob(filepath.Join(c.root, "functions", "*"))
	if err != nil || len(rooms) == 0 {
		c.t.Fatalf("functions: %d, %v", len(rooms), err)
	}
	return rooms
}

func (c *Cloud) write(path string, data []byte) {
	c.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		c.t.Fatal(err)
	}
}
