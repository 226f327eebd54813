package arcgis

import (
	"bytes"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
)

// A Secret holds the credentials of an account in one of three ways: user
// name and password, an application's id and secret, or a ready token. It
// never shows itself: every text form of it reads "redacted".
type Secret struct {
	username, password     string
	clientID, clientSecret string
	token                  string
	referer                string
	ca                     string
}

const redacted = "redacted"

// String says "redacted".
func (Secret) String() string { return redacted }

// Format says "redacted" whatever the verb.
func (Secret) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// LogValue says "redacted".
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON says "redacted".
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// ParseSecret reads a secret's JSON object, in UTF-8 or UTF-16, with or
// without a byte order mark, as editors and shells leave it. Its errors name
// what is missing or wrong, never a value.
func ParseSecret(raw []byte) (Secret, error) {
	var fields map[string]json.RawMessage
	if err := unmarshal(PlainText(raw), &fields); err != nil || fields == nil {
		return Secret{}, errors.New("the secret is not a JSON object")
	}
	var s Secret
	known := map[string]*string{
		"username": &s.username, "password": &s.password,
		"client_id": &s.clientID, "client_secret": &s.clientSecret,
		"token": &s.token, "referer": &s.referer, "ca": &s.ca,
	}
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch to := known[name]; {
		case to == nil:
			wrong = append(wrong, fmt.Errorf("the secret has a key %q that nobody knows", name))
		case json.Unmarshal(fields[name], to) != nil:
			wrong = append(wrong, fmt.Errorf("the secret's %q is not a text", name))
		}
	}
	wrong = append(wrong, s.check())
	if err := errors.Join(wrong...); err != nil {
		return Secret{}, err
	}
	return s, nil
}

// check says which of the three ways is incomplete, or that there are several.
func (s Secret) check() error {
	user := s.username != "" || s.password != ""
	app := s.clientID != "" || s.clientSecret != ""
	ways := 0
	for _, is := range []bool{user, app, s.token != ""} {
		if is {
			ways++
		}
	}
	var wrong []error
	switch {
	case ways == 0:
		wrong = append(wrong, errors.New(`the secret needs "username" and "password", or "client_id" and "client_secret", or "token"`))
	case ways > 1:
		wrong = append(wrong, errors.New(`the secret must hold one of "username" and "password", "client_id" and "client_secret", or "token", not several`))
	case user:
		wrong = append(wrong, needs("username", s.username), needs("password", s.password))
	case app:
		wrong = append(wrong, needs("client_id", s.clientID), needs("client_secret", s.clientSecret))
	}
	if strings.ContainsFunc(s.token, notVisible) {
		wrong = append(wrong, errors.New(`the secret's "token" holds a space or another character that no token has`))
	}
	if strings.ContainsFunc(s.referer, notVisible) {
		wrong = append(wrong, errors.New(`the secret's "referer" holds a character that no address has`))
	}
	if s.ca != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(s.ca)) {
		wrong = append(wrong, errors.New(`the secret's "ca" holds no certificate in PEM form`))
	}
	return errors.Join(wrong...)
}

func needs(name, value string) error {
	if value == "" {
		return fmt.Errorf("the secret's %q is missing or empty", name)
	}
	return nil
}

func notVisible(r rune) bool { return r <= ' ' || r >= 0x7f }

// PlainText gives a secret's text in UTF-8 without a byte order mark, whatever
// an editor or a shell left. JSON begins with an ASCII character, so without a
// mark a zero byte in the first pair tells UTF-16.
func PlainText(b []byte) []byte {
	var order binary.ByteOrder
	switch {
	case len(b) >= 2 && (b[0] == 0xFF && b[1] == 0xFE || b[0] != 0 && b[1] == 0):
		order = binary.LittleEndian
	case len(b) >= 2 && (b[0] == 0xFE && b[1] == 0xFF || b[0] == 0 && b[1] != 0):
		order = binary.BigEndian
	default:
		return bytes.TrimPrefix(b, []byte("\ufeff"))
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return []byte(strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff"))
}

// values are the texts that must never appear anywhere.
func (s Secret) values() []string {
	return []string{s.password, s.clientSecret, s.token}
}
