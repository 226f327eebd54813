//go:build judges

// Package s3_test has MinIO judge what Mapkeep asks of S3: the whole contract
// of package store, real expiry by the stack's lifecycle rules, and a backup by
// the program. MinIO is a program of others, run beside the test over TLS.
package s3_test

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/mapkeep/mapkeep/infra/judge"
)

const (
	root   = "../../.."
	user   = "mapkeep"
	secret = "a-secret-of-this-test"
	region = "us-east-1"
)

// minio is a MinIO that runs until the test ends.
type minio struct {
	endpoint string
	ca       string // file with the certificate to trust
	web      *http.Client
}

// pinned is the version of MinIO.
func pinned(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, ".ci", "pins", "minio.version"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// start starts MinIO on a folder of its own, and a port that nobody has.
func start(t testing.TB, more ...string) minio {
	t.Helper()
	program := judge.Program(judge.Tool(t, root, "minio"), "minio")
	dir := t.TempDir()
	address := free(t)
	ca, trusted := certificate(t, dir)
	var said bytes.Buffer
	cmd := exec.Command(program, "server", "--quiet", "--address", address, "--certs-dir", dir, filepath.Join(dir, "data"))
	cmd.Env = append([]string{
		"HOME=" + dir, "PATH=/nowhere", "MINIO_ROOT_USER=" + user, "MINIO_ROOT_PASSWORD=" + secret, "MINIO_SITE_REGION=" + region,
		"MINIO_PROMETHEUS_AUTH_TYPE=public", "MINIO_BROWSER=off", "MINIO_UPDATE=off", "MINIO_SCANNER_SPEED=fastest", // looks for what has expired each second, not each minute
	}, more...)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatalf("start MinIO: %v", err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		judge.End(cmd.Process)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			cmd.Process.Kill()
			<-ended
		}
	})
	m := minio{"https://" + address, ca, &http.Client{Transport: &http.Transport{TLSClientConfig: trusted, DisableKeepAlives: true}}}
	until(t, "MinIO is ready", func() bool {
		select {
		case <-ended:
			t.Fatalf("MinIO ended: %s", said.String())
		default:
		}
		answer, err := m.web.Get(m.endpoint + "/minio/health/ready")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	return m
}

// environ is how a program reaches it by the ordinary AWS environment.
func (m minio) environ() []string {
	return []string{
		"AWS_ENDPOINT_URL_S3=" + m.endpoint, "AWS_CA_BUNDLE=" + m.ca, "AWS_REGION=" + region,
		"AWS_ACCESS_KEY_ID=" + user, "AWS_SECRET_ACCESS_KEY=" + secret,
	}
}

// open is an S3 client of it.
func (m minio) open(t testing.TB) *s3.Client {
	t.Helper()
	ca, err := os.ReadFile(m.ca)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := config.LoadDefaultConfig(t.Context(),
		config.WithRegion(region), config.WithBaseEndpoint(m.endpoint), config.WithCustomCABundle(bytes.NewReader(ca)),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(user, secret, "")),
		config.WithSharedConfigFiles([]string{}), config.WithSharedCredentialsFiles([]string{}),
	)
	if err != nil {
		t.Fatal(err)
	}
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle, o.DisableLogOutputChecksumValidationSkipped = true, true
	})
}
