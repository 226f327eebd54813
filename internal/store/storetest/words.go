package storetest

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/mapkeep/mapkeep/internal/store"
)

// What many cases say in the same words.

// newBucket is a name that no other bucket has.
func newBucket() string { return "contract-" + strings.ToLower(rand.Text()) }

// body is what most objects hold.
var body = []byte("a map of the park")

// bytesOf is a body of n bytes in which no two stretches are alike.
func bytesOf(n int) []byte {
	p := make([]byte, n)
	for i, x := 0, uint64(7); i < n; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		p[i] = byte(x)
	}
	return p
}

func (t *Trial) put(key string, body []byte) {
	t.ok(t.Put(t, key, body, "text/plain"), "Put(%q)", key)
}

func (t *Trial) wantBody(key string, want []byte) {
	got, err := t.Get(t, key)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("Get(%q) = %d bytes, %v; want the %d bytes that were put", key, len(got), err, len(want))
	}
}

func (t *Trial) wantMissing(key string) {
	if _, err := t.Get(t, key); !errors.Is(err, store.ErrMissing) {
		t.Errorf("Get(%q): %v, want ErrMissing", key, err)
	}
}

// keys are the keys below a prefix, as they are listed.
func (t *Trial) keys(prefix string) []string {
	var keys []string
	for o, err := range t.List(t, prefix) {
		t.ok(err, "List(%q)", prefix)
		keys = append(keys, o.Key)
	}
	return keys
}

// code is S3's word for what went wrong.
func code(err error) string {
	var said smithy.APIError
	if errors.As(err, &said) {
		return said.ErrorCode()
	}
	return ""
}

// ok2 is ok for calls that give something that the case does not ask for.
func (t *Trial) ok2(_ any, err error) func(call string) {
	return func(call string) { t.ok(err, "%s", call) }
}

// wantType wants an object of that content type.
func (t *Trial) wantType(key, want string) {
	out, err := t.Client.HeadObject(t, &s3.HeadObjectInput{Bucket: aws.String(t.Bucket()), Key: &key})
	if err != nil || aws.ToString(out.ContentType) != want {
		t.Errorf("HeadObject(%q): %v, want content type %q; got %+v", key, err, want, out)
	}
}
