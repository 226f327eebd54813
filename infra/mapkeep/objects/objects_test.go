package objects_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
	"github.com/mapkeep/mapkeep/infra/mapkeep/objects/objectstest"
	"github.com/mapkeep/mapkeep/internal/fault"
)

// mode is set in the environment of a test binary that is to be something else.
const mode = "MAPKEEP_STORETEST"

func TestMain(m *testing.M) {
	switch os.Getenv(mode) {
	case "exit":
		os.Exit(1)
	case "hang":
		select {}
	case "parent": // of a store, for a test that kills it
		s, err := objects.Start(context.Background(), objects.Options{Dir: os.Getenv("DIR"), Command: func() *exec.Cmd {
			cmd := objectstest.Itself()
			cmd.Env = append(cmd.Env, mode+"=")
			return cmd
		}})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		json.NewEncoder(os.Stdout).Encode(s) //nolint:errcheck // the test tells
		select {}
	}
	objectstest.Main(m)
}

func TestObjectsAreFiles(t *testing.T) {
	t.Parallel()
	s := objectstest.Start(t)
	key := "maps/backup_2026-11-23/parks/Trail Map (ä)_backup_1.zip"
	put(t, objectstest.Client(t, s), key, "PK")
	b, err := os.ReadFile(filepath.Join(s.Dir, "data", "backups", filepath.FromSlash(key)))
	if string(b) != "PK" || err != nil {
		t.Errorf("file of %s: %q, %v, want PK", key, b, err)
	}
	entries, err := fs.Glob(os.DirFS(s.Dir), "*")
	if got := strings.Join(entries, " "); got != ".store data" || err != nil {
		t.Errorf("the store's folder holds %q, %v, want .store and data", got, err)
	}
}

func TestObjectsOutliveTheServer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, lost string }{
		{"the whole folder", "nothing"},
		{"a data folder copied alone", ".store"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := objectstest.Start(t)
			put(t, objectstest.Client(t, s), "a/b.json", "{}")
			s.Close()
			if err := os.RemoveAll(filepath.Join(s.Dir, test.lost)); err != nil {
				t.Fatalf("remove %s: %v", test.lost, err)
			}
			c := objectstest.Client(t, objectstest.StartIn(t, s.Dir))
			if got := get(t, c, "a/b.json"); got != "{}" {
				t.Errorf("a/b.json after a restart: %q, want {}", got)
			}
			list, err := c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(objects.Bucket)})
			if err != nil || len(list.Contents) != 1 {
				t.Errorf("ListObjectsV2 after a restart: %d objects, %v, want 1", len(list.Contents), err)
			}
		})
	}
}

func TestTroubleWithTheFolderNamesIt(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "report.txt")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	taken := t.TempDir()
	if err := os.WriteFile(filepath.Join(taken, "data"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(t.TempDir(), "locked")
	if err := os.Mkdir(locked, 0o500); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, dir, want string }{
		{"a file", file, file + " is a file, not a folder"},
		{"below a file", filepath.Join(file, "x"), "can't write into " + filepath.Join(file, "x") + ": "},
		{"a file in it", taken, "can't write into " + taken + ": "},
		{"no right to write", locked, "can't write into " + locked + ": "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.dir == locked && os.WriteFile(filepath.Join(locked, "x"), nil, 0o600) == nil {
				t.Skip("this user may write everywhere")
			}
			s, err := objects.Start(t.Context(), objects.Options{Dir: test.dir, Command: objectstest.Itself})
			if err == nil {
				s.Close()
				t.Fatalf("Start(%s): no error", test.dir)
			}
			if !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") || !fault.Is(err, fault.StoreRefused) {
				t.Errorf("Start(%s): %s %q, want %s %q", test.dir, fault.Of(err), err, fault.StoreRefused, test.want)
			}
		})
	}
}

func TestStartGivesUpOnAChildThatDoesNotServe(t *testing.T) {
	t.Parallel()
	start := func(ctx context.Context, child string) (*exec.Cmd, error) {
		var cmd *exec.Cmd
		s, err := objects.Start(ctx, objects.Options{Dir: t.TempDir(), Command: func() *exec.Cmd {
			cmd = objectstest.Itself()
			cmd.Env = append(cmd.Env, mode+"="+child)
			return cmd
		}})
		if err == nil {
			s.Close()
		}
		return cmd, err
	}
	if _, err := start(t.Context(), "exit"); err == nil || !strings.Contains(err.Error(), "ended before it listened") {
		t.Errorf("Start with a child that exits: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cmd, err := start(ctx, "hang")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Start with a ctx that has ended: %v, want context.Canceled", err)
	}
	if cmd.ProcessState == nil {
		t.Errorf("process %d is left after Start failed", cmd.Process.Pid)
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	t.Parallel()
	var cmd *exec.Cmd
	s, err := objects.Start(t.Context(), objects.Options{Dir: t.TempDir(), Command: func() *exec.Cmd {
		cmd = objectstest.Itself()
		return cmd
	}})
	if err != nil {
		t.Fatalf("Start: %v", err)
	}
	put(t, objectstest.Client(t, s), "a", "1") // leaves an idle connection
	s.Close()
	s.Close()
	if cmd.ProcessState == nil || !cmd.ProcessState.Success() {
		t.Errorf("the child after Close: %v, want ended by itself", cmd.ProcessState)
	}
	if _, err := os.Stat(filepath.Dir(s.CABundle)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is left after Close: %v", s.CABundle, err)
	}
}

func TestStoreEndsWithItsParent(t *testing.T) {
	t.Parallel()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), mode+"=parent", "DIR="+t.TempDir())
	parent.Stderr = t.Output()
	out, err := parent.StdoutPipe()
	if err == nil {
		err = parent.Start()
	}
	if err != nil {
		t.Fatalf("start a parent: %v", err)
	}
	t.Cleanup(func() { parent.Process.Kill(); parent.Wait() }) //nolint:errcheck // it is dead already when all is well
	var s objects.Server
	if err := json.NewDecoder(out).Decode(&s); err != nil {
		t.Fatalf("what the parent says: %v", err)
	}
	u, err := url.Parse(s.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := tls.Dial("tcp", u.Host, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatalf("dial the store: %v", err)
	}
	defer conn.Close()
	parent.Process.Kill()     //nolint:errcheck // the next line tells
	io.Copy(io.Discard, conn) //nolint:errcheck // an end or a reset: the store's process is gone
	if _, err := os.Stat(filepath.Dir(s.CABundle)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is left after the parent's death: %v", s.CABundle, err)
	}
}

func TestOnlyWhoHasTheKeysIsServed(t *testing.T) {
	s := objectstest.Start(t)
	if !strings.HasPrefix(s.Endpoint, "https://127.0.0.1:") {
		t.Errorf("endpoint %s, want one on 127.0.0.1", s.Endpoint)
	}
	for _, pair := range s.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
	call := func() error {
		cfg, err := config.LoadDefaultConfig(t.Context())
		if err != nil {
			t.Fatalf("LoadDefaultConfig: %v", err)
		}
		_, err = s3.NewFromConfig(cfg).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &s.Bucket})
		return err
	}
	if err := call(); err != nil {
		t.Errorf("ListObjectsV2 with Environ's variables: %v", err)
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", s.SecretKey+"x")
	var refused smithy.APIError
	if err := call(); !errors.As(err, &refused) || refused.ErrorCode() != "SignatureDoesNotMatch" {
		t.Errorf("ListObjectsV2 with a wrong key: %v, want SignatureDoesNotMatch", err)
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	resp, err := client.Get(s.Endpoint + "/backups")
	if err != nil {
		t.Fatalf("GET without a signature: %v", err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("GET without a signature: status %d, want 403", resp.StatusCode)
	}
}

// put stores an object that must be new.
func put(t *testing.T, c *s3.Client, key, body string) {
	t.Helper()
	_, err := c.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(objects.Bucket), Key: &key, Body: strings.NewReader(body), IfNoneMatch: aws.String("*"),
	})
	if err != nil {
		t.Fatalf("PutObject %s: %v", key, err)
	}
}

// get is an object's text.
func get(t *testing.T, c *s3.Client, key string) string {
	t.Helper()
	out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(objects.Bucket), Key: &key})
	if err != nil {
		t.Fatalf("GetObject %s: %v", key, err)
	}
	defer out.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(out.Body); err != nil {
		t.Fatalf("GetObject %s: %v", key, err)
	}
	return b.String()
}
