// Package secrets is the part of AWS Secrets Manager that the functions call:
// GetSecretValue of one secret, on 127.0.0.1. The secret stays in memory; it
// has no names, versions or stages, and can't be changed.
package secrets

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// ARN names the secret. It tells nothing, so it need not change.
	ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:mapkeep-local0"

	// maxValue is Secrets Manager's own limit, so that what works here works there.
	maxValue = 65_536
	// maxRequest is far more than an ARN and a version id need.
	maxRequest = 64 << 10

	mediaType = "application/x-amz-json-1.1"
	action    = "secretsmanager.GetSecretValue"
)

// Server answers for one secret until it is closed.
type Server struct {
	// Endpoint is for AWS_ENDPOINT_URL_SECRETS_MANAGER. Who knows it may read
	// the secret: its path is as good as a password, and so the signature of
	// a request, made with keys that the functions hold anyway, is not looked at.
	Endpoint string
	// ARN is the secret's id.
	ARN string

	path   string
	value  string
	since  time.Time
	server *http.Server
}

// Start serves value, which is text of at most 65,536 bytes.
func Start(value []byte) (*Server, error) {
	if !utf8.Valid(value) {
		return nil, errors.New("the secret is not UTF-8 text")
	}
	if len(value) == 0 || len(value) > maxValue {
		return nil, fmt.Errorf("the secret has %d bytes, want 1 to %d", len(value), maxValue)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serve the secret: %w", err)
	}
	s := &Server{ARN: ARN, path: "/" + rand.Text(), value: string(value), since: time.Now()}
	s.Endpoint = "http://" + l.Addr().String() + s.path
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go s.server.Serve(l) //nolint:errcheck // it ends by Close and has nothing else to say
	return s, nil
}

// Close stops the server. A second Close does nothing.
func (s *Server) Close() { s.server.Close() } //nolint:errcheck // nothing is lost with a connection

// ServeHTTP answers one call of the JSON 1.1 protocol.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimSuffix(r.URL.Path, "/") // the SDK adds the slash
	if subtle.ConstantTimeCompare([]byte(path), []byte(s.path)) == 0 {
		http.NotFound(w, r)
		return
	}
	if target := r.Header.Get("X-Amz-Target"); target != action {
		refuse(w, "UnknownOperationException", fmt.Sprintf("%q is not served here, only %s", target, action))
		return
	}
	var call struct {
		ID string `json:"SecretId"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&call); err != nil {
		refuse(w, "SerializationException", err.Error())
		return
	}
	if call.ID != s.ARN {
		refuse(w, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
		return
	}
	reply(w, http.StatusOK, map[string]any{
		"ARN": s.ARN, "Name": "mapkeep", "SecretString": s.value, "VersionStages": []string{"AWSCURRENT"},
		"VersionId": "00000000-0000-4000-8000-000000000000", "CreatedDate": float64(s.since.UnixMilli()) / 1000,
	})
}

// refuse is an error of the protocol: the client's fault, not to be repeated.
func refuse(w http.ResponseWriter, kind, message string) {
	reply(w, http.StatusBadRequest, map[string]any{"__type": kind, "message": message})
}

func reply(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) //nolint:errcheck // a client that does not read it has gone
}
