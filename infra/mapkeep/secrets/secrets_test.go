package secrets_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go"

	"github.com/mapkeep/mapkeep/infra/mapkeep/secrets"
)

// The client finds the server as a function does: by the SDK's own variable.
func client(t *testing.T, endpoint string) *secretsmanager.Client {
	t.Helper()
	t.Setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint)
	cfg, err := config.LoadDefaultConfig(t.Context(), config.WithRegion("us-east-1"),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("mapkeep", "key", "")))
	if err != nil {
		t.Fatalf("LoadDefaultConfig: %v", err)
	}
	return secretsmanager.NewFromConfig(cfg)
}

func started(t *testing.T, value string) *secrets.Server {
	t.Helper()
	s, err := secrets.Start([]byte(value))
	if err != nil {
		t.Fatalf("secrets.Start: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestGetSecretValue(t *testing.T) {
	value := "{\"username\":\"ann\",\"password\":\"<ü&\\u2028>\"}\n"
	s := started(t, value)
	out, err := client(t, s.Endpoint).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &s.ARN})
	if err != nil {
		t.Fatalf("GetSecretValue: %v", err)
	}
	if got := aws.ToString(out.SecretString); got != value {
		t.Errorf("GetSecretValue = %q, want %q", got, value)
	}
	if aws.ToString(out.ARN) != s.ARN {
		t.Errorf("GetSecretValue: ARN %q, want %q", aws.ToString(out.ARN), s.ARN)
	}
}

func TestAnotherSecretIsNotFound(t *testing.T) {
	s := started(t, "{}")
	_, err := client(t, s.Endpoint).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String(s.ARN + "x")})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) {
		t.Errorf("GetSecretValue of another ARN = %v, want ResourceNotFoundException", err)
	}
}

func TestOtherCallsAreRefused(t *testing.T) {
	s := started(t, "{}")
	_, err := client(t, s.Endpoint).PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: &s.ARN, SecretString: aws.String("x")})
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "UnknownOperationException" {
		t.Errorf("PutSecretValue = %v, want UnknownOperationException", err)
	}
}

func TestOnlyWhoKnowsThePathIsAnswered(t *testing.T) {
	t.Parallel()
	s := started(t, "{}")
	u, err := url.Parse(s.Endpoint)
	if err != nil {
		t.Fatalf("endpoint %q: %v", s.Endpoint, err)
	}
	if u.Hostname() != "127.0.0.1" {
		t.Errorf("endpoint %q is not on 127.0.0.1", s.Endpoint)
	}
	for _, path := range []string{"/", u.Path[:len(u.Path)-1], u.Path + "x", u.Path + "//"} {
		u.Path = path
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, u.String(), strings.NewReader(`{"SecretId":"`+s.ARN+`"}`))
		req.Header.Set("X-Amz-Target", "secretsmanager.GetSecretValue")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatalf("POST %s: %v", path, err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("POST %s: status %d, want 404", path, resp.StatusCode)
		}
	}
}

func TestStartRefusesWhatSecretsManagerWould(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"", "\xff\xfe{", strings.Repeat("x", 65_537)} {
		if s, err := secrets.Start([]byte(value)); err == nil {
			s.Close()
			t.Errorf("Start with %d bytes %.5q: no error", len(value), value)
		} else if value != "" && strings.Contains(err.Error(), value) {
			t.Errorf("Start with %.5q: the error tells the secret", value)
		}
	}
}
