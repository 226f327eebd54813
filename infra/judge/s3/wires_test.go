//go:build judges

package s3_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// free is an address that nobody listens on now.
func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// certificate lays a certificate for 127.0.0.1 and its key down as MinIO wants
// them, and gives the former's file and who trusts it. They are those of Go's
// own test server.
func certificate(t testing.TB, dir string) (file string, trusted *tls.Config) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	key, err := x509.MarshalPKCS8PrivateKey(server.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, "public.crt")
	for name, block := range map[string]*pem.Block{
		file:                              {Type: "CERTIFICATE", Bytes: server.Certificate().Raw},
		filepath.Join(dir, "private.key"): {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	return file, &tls.Config{RootCAs: pool}
}

// until looks again and again whether something is so, for two minutes.
func until(t testing.TB, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !so(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within two minutes", what)
		}
	}
}
