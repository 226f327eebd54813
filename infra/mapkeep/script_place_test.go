package main

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
)

// placeWords are what a script can say of the places where backups lie.
//
//	bucket DIR            serves DIR as S3 and sets the ordinary AWS environment; the bucket is "backups"
//	original ITEM FILE    the file holds what the portal holds of the item now
//	spoil HOW DIR ENDING  changes, cuts or removes the one file below DIR whose name ends so
//	disk DIR SIZE         makes DIR a disk of its own, where [mount] is so
//	utf16 FILE            writes a text file anew, as Windows does
var placeWords = map[string]func(*testscript.TestScript, bool, []string){
	"bucket": serveBucket, "original": original, "spoil": spoil, "disk": smallDisk, "utf16": utf16File,
}

func serveBucket(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 1, "bucket DIR")
	s, err := objects.Start(context.Background(), objects.Options{Dir: ts.MkAbs(args[0]), Command: func() *exec.Cmd { return itself(asObjects) }})
	ts.Check(err)
	ts.Defer(s.Close)
	for _, pair := range s.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		ts.Setenv(name, value)
	}
}

func original(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 2, "original ITEM FILE")
	p := taleOf(ts).portal
	if ts.ReadFile(args[1]) != string(p.Content(p.named(args[0])).Bytes()) {
		ts.Fatalf("%s is not what the portal holds of %s", args[1], args[0])
	}
}

func spoil(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 3, "spoil change|cut|remove DIR ENDING")
	var found []string
	ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasSuffix(path, args[2]) {
			found = append(found, path)
		}
		return err
	}))
	if len(found) != 1 {
		ts.Fatalf("below %s end in %s: %q; want one", args[1], args[2], found)
	}
	text, err := os.ReadFile(found[0])
	ts.Check(err)
	switch args[0] {
	case "change":
		text[len(text)/2] ^= 1
		ts.Check(os.WriteFile(found[0], text, 0o600))
	case "cut":
		ts.Check(os.Truncate(found[0], int64(len(text)/2)))
	case "remove":
		ts.Check(os.Remove(found[0]))
	default:
		ts.Fatalf("can't %s a file", args[0])
	}
}

func smallDisk(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 2, "disk DIR SIZE")
	dir := ts.MkAbs(args[0])
	ts.Check(mount(dir, args[1]))
	ts.Defer(func() { unmount(dir) })
}

func mount(dir, size string) error {
	return exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).Run()
}

func unmount(dir string) { _ = exec.Command("umount", dir).Run() }

// mounts reports whether disks can be made here.
var mounts = sync.OnceValue(func() bool {
	dir, err := os.MkdirTemp("", "mapkeep-disk-")
	if err != nil {
		return false
	}
	defer os.Remove(dir) //nolint:errcheck // an empty folder
	err = mount(dir, "64k")
	if err == nil {
		unmount(dir)
	}
	return err == nil
})

func utf16File(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 1, "utf16 FILE")
	var wide []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + ts.ReadFile(args[0]))) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), wide, 0o600))
}
