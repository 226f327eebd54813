package account_test

import (
	"context"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/mapkeep/mapkeep/internal/account"
)

// lambda is the environment that Lambda gives a function, and more.
func lambda(t *testing.T, more map[string]string) {
	t.Helper()
	env := map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_SESSION_TOKEN": "session",
		"AWS_CA_BUNDLE": "", "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": "", "AWS_ENDPOINT_URL_SECRETS_MANAGER": "",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	}
	for name, value := range more {
		env[name] = value
	}
	for name, value := range env {
		t.Setenv(name, value)
		if value == "" {
			os.Unsetenv(name)
		}
	}
}

// In Lambda's environment the clients come out as the SDK's own loader makes
// them.
func TestClientsAreThoseOfTheSDK(t *testing.T) {
	for name, more := range map[string]map[string]string{
		"plain":                  nil,
		"one endpoint":           {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"},
		"endpoints of services":  {"AWS_ENDPOINT_URL_S3": "https://127.0.0.1:1", "AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://127.0.0.1:2/x"},
		"one, and one of S3":     {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_ENDPOINT_URL_S3": "https://127.0.0.1:1"},
		"credentials for longer": {"AWS_SESSION_TOKEN": ""},
	} {
		t.Run(name, func(t *testing.T) {
			lambda(t, more)
			got, err := account.FromEnvironment(t.Context(), awshttp.NewBuildableClient())
			if err != nil {
				t.Fatal(err)
			}
			want, err := config.LoadDefaultConfig(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			a, b := s3.NewFromConfig(got).Options(), s3.NewFromConfig(want).Options()
			if a.Region != b.Region || text(a.BaseEndpoint) != text(b.BaseEndpoint) ||
				a.RequestChecksumCalculation != b.RequestChecksumCalculation || a.ResponseChecksumValidation != b.ResponseChecksumValidation ||
				a.RetryMode != b.RetryMode || a.Retryer.MaxAttempts() != b.Retryer.MaxAttempts() {
				t.Errorf("S3's client = %+v, want as the SDK's %+v", a, b)
			}
			c, d := secretsmanager.NewFromConfig(got).Options(), secretsmanager.NewFromConfig(want).Options()
			if text(c.BaseEndpoint) != text(d.BaseEndpoint) {
				t.Errorf("Secrets Manager's endpoint = %s, want %s", text(c.BaseEndpoint), text(d.BaseEndpoint))
			}
			x, err := got.Credentials.Retrieve(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			y, err := want.Credentials.Retrieve(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if x.AccessKeyID != y.AccessKeyID || x.SecretAccessKey != y.SecretAccessKey || x.SessionToken != y.SessionToken {
				t.Errorf("credentials = %+v, want %+v", x, y)
			}
		})
	}
}

func text(s *string) string {
	if s == nil {
		return "none"
	}
	return *s
}

// Without credentials there are none, rather than anonymous requests.
func TestNoCredentials(t *testing.T) {
	lambda(t, map[string]string{"AWS_ACCESS_KEY_ID": ""})
	if cfg, err := account.FromEnvironment(t.Context(), awshttp.NewBuildableClient()); err != nil || cfg.Credentials != nil {
		t.Errorf("FromEnvironment without a key = credentials %v, %v; want none", cfg.Credentials, err)
	}
}

func TestCertificates(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	dir := t.TempDir()
	bundle := filepath.Join(dir, "bundle.pem")
	if err := os.WriteFile(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o644); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ bundle, want string }{
		{bundle, ""},
		{empty, "empty.pem holds no certificate"},
		{filepath.Join(dir, "absent.pem"), "read AWS_CA_BUNDLE"},
	} {
		lambda(t, map[string]string{"AWS_CA_BUNDLE": c.bundle})
		if err := get(t.Context(), server.URL); c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("a request with AWS_CA_BUNDLE=%s = %v, want %q", c.bundle, err, c.want)
		}
	}
}

func get(ctx context.Context, url string) error {
	cfg, err := account.FromEnvironment(ctx, awshttp.NewBuildableClient())
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := cfg.HTTPClient.Do(r)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}
