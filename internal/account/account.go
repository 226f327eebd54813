// Package account says how a function reaches AWS: region, credentials and
// endpoints out of the environment that Lambda gives it, and nothing else. The
// SDK's own loader also knows profiles, single sign-on, roles to assume and
// instances, which a function has no use for and which make it a sixth larger
// and slower to start; the program on one computer puts that loader in Load's
// place, since its user may need any of them.
package account

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// Load gives the settings with which clients of AWS are made, which use pool
// for their connections.
var Load = FromEnvironment

// FromEnvironment reads AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
// AWS_SESSION_TOKEN, AWS_CA_BUNDLE, AWS_ENDPOINT_URL and the AWS_ENDPOINT_URL_
// of each service. Lambda renews none of them within a process's life.
func FromEnvironment(_ context.Context, pool *awshttp.BuildableClient) (aws.Config, error) {
	cfg := aws.Config{
		Region:                     os.Getenv("AWS_REGION"),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
		ConfigSources:              []any{endpoints{}},
		HTTPClient:                 pool,
	}
	if url := os.Getenv("AWS_ENDPOINT_URL"); url != "" {
		cfg.BaseEndpoint = &url
	}
	if id, key := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"); id != "" && key != "" {
		cfg.Credentials = static{AccessKeyID: id, SecretAccessKey: key, SessionToken: os.Getenv("AWS_SESSION_TOKEN"), Source: "environment"}
	}
	name := os.Getenv("AWS_CA_BUNDLE")
	if name == "" {
		return cfg, nil
	}
	bundle, err := os.ReadFile(name)
	if err != nil {
		return cfg, fmt.Errorf("read AWS_CA_BUNDLE: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(bundle) {
		return cfg, errors.New("AWS_CA_BUNDLE " + name + " holds no certificate")
	}
	cfg.HTTPClient = pool.WithTransportOptions(func(t *http.Transport) { t.TLSClientConfig = &tls.Config{RootCAs: roots} })
	return cfg, nil
}

// static are credentials that hold as long as the process lives.
type static aws.Credentials

// Retrieve gives them.
func (s static) Retrieve(context.Context) (aws.Credentials, error) { return aws.Credentials(s), nil }

// endpoints answers the SDK's question for a service's own endpoint.
type endpoints struct{}

// GetServiceBaseEndpoint reads AWS_ENDPOINT_URL_ and the service's id, such as
// S3 or SECRETS_MANAGER.
func (endpoints) GetServiceBaseEndpoint(_ context.Context, service string) (string, bool, error) {
	url := os.Getenv("AWS_ENDPOINT_URL_" + strings.ReplaceAll(strings.ToUpper(service), " ", "_"))
	return url, url != "", nil
}
