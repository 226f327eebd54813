package states

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"
)

func base64Decode(_ *scope, args []any) (any, error) {
	s, err := shortText(args)
	if err != nil {
		return nil, err
	}
	b, err := base64.StdEncoding.DecodeString(s)
	return string(b), err
}

func base64Encode(_ *scope, args []any) (any, error) {
	s, err := shortText(args)
	return base64.StdEncoding.EncodeToString([]byte(s)), err
}

var hashes = map[string]func() hash.Hash{
	"MD5": md5.New, "SHA-1": sha1.New, "SHA-256": sha256.New, "SHA-384": sha512.New384, "SHA-512": sha512.New,
}

func digest(_ *scope, args []any) (any, error) {
	s, err := shortText(args)
	if err != nil {
		return nil, err
	}
	name, _ := args[1].(string)
	newHash, ok := hashes[name]
	if !ok {
		return nil, errors.New("argument 2 must be MD5, SHA-1, SHA-256, SHA-384 or SHA-512")
	}
	h := newHash()
	h.Write([]byte(s))
	return hex.EncodeToString(h.Sum(nil)), nil
}

// stringSplit takes every character of its second argument as a separator.
func stringSplit(_ *scope, args []any) (any, error) {
	s, err := text(args, 0)
	if err != nil {
		return nil, err
	}
	separators, err := text(args, 1)
	if err != nil {
		return nil, err
	}
	out := []any{}
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		out = append(out, part)
	}
	return out, nil
}

func stringToJSON(_ *scope, args []any) (any, error) {
	s, err := text(args, 0)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(s) == "" {
		return nil, nil // seen on AWS
	}
	return decode([]byte(s))
}

// format fills each {} of its first argument; a backslash takes the next
// character as it is.
func format(_ *scope, args []any) (any, error) {
	pattern, err := text(args, 0)
	if err != nil {
		return nil, err
	}
	parts := blanks(pattern)
	if len(parts) != len(args) {
		return nil, fmt.Errorf("%d {} for %d arguments", len(parts)-1, len(args)-1)
	}
	for i, v := range args[1:] {
		parts[i] += plain(v)
	}
	return strings.Join(parts, ""), nil
}

// blanks cuts a pattern at each {}.
func blanks(pattern string) []string {
	parts, part := []string{}, strings.Builder{}
	for i := 0; i < len(pattern); i++ {
		switch {
		case pattern[i] == '\\' && i+1 < len(pattern):
			i++
			part.WriteByte(pattern[i])
		case strings.HasPrefix(pattern[i:], "{}"):
			parts = append(parts, part.String())
			part.Reset()
			i++
		default:
			part.WriteByte(pattern[i])
		}
	}
	return append(parts, part.String())
}

// plain is a value as States.Format writes it: arrays and objects as Java
// does, seen on AWS. The fields of an object come in the order of their names,
// since no other is kept here.
func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		parts := make([]string, len(v))
		for i, w := range v {
			parts[i] = plain(w)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		parts := []string{}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, k+"="+plain(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return string(encode(v))
}
