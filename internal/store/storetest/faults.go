package storetest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// A Broken server is one behind a fault that the case of that name must find.
type Broken struct {
	Fault
	Case string
}

// Found reports whether the case objects to the server behind the fault, and
// does not without it.
func (b Broken) Found(ctx context.Context, client *s3.Client) bool {
	i := slices.IndexFunc(Cases(), func(c Case) bool { return c.Name == b.Case })
	c := Cases()[i]
	return len(Try(ctx, client, c)) == 0 && len(Try(ctx, Through(client, b.Fault), c)) > 0
}

// Faults are servers that a backup must not trust: a contract that lets one
// pass proves nothing. Left out are those in which the server is known to do
// just that.
func Faults(server Server) []Broken {
	return slices.DeleteFunc(slices.Clone(faults), func(b Broken) bool {
		_, differs := of(server, b.Case)
		return differs
	})
}

var faults = []Broken{
	{Fault{Name: "If-None-Match is passed over", Ask: func(r *http.Request) { r.Header.Del("If-None-Match") }}, "create: only where there is none"},
	{Fault{Name: "If-None-Match is passed over when parts become an object", Ask: func(r *http.Request) {
		if r.Method == http.MethodPost {
			r.Header.Del("If-None-Match")
		}
	}}, "create: in parts, only where there is none"},
	{Fault{Name: "the checksum sent is passed over", Ask: func(r *http.Request) { r.Header.Del("X-Amz-Checksum-Crc64nvme") }}, "checksum: a wrong one is refused"},
	{Fault{Name: "no checksum is shown", Answer: func(r *http.Response) { r.Header.Del("X-Amz-Checksum-Crc64nvme") }}, "checksum: shown of an object"},
	{Fault{Name: "one byte comes back changed", Answer: flip}, "read: whole, as it was written"},
	{Fault{Name: "an answer is cut short", Answer: cut}, "read: whole, as it was written"},
	{Fault{Name: "a listing is in another order", Answer: rewrite(func(s string) string {
		return strings.NewReplacer("<Key>a</Key>", "<Key>b</Key>", "<Key>b</Key>", "<Key>a</Key>").Replace(s)
	})}, "list: in the order of the bytes"},
	{Fault{Name: "a listing ends with its first page", Answer: rewrite(func(s string) string {
		return strings.ReplaceAll(s, "<IsTruncated>true", "<IsTruncated>false")
	})}, "list: more than a page"},
	{Fault{Name: "a copy takes the tags along", Ask: func(r *http.Request) { r.Header.Del("X-Amz-Tagging-Directive") }}, "copy: bytes, type and checksum, without tags"},
	{Fault{Name: "tags are taken and dropped", Lose: func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPut && r.URL.Query().Has("tagging") {
			return answered(r, http.StatusOK, ""), nil
		}
		return nil, nil
	}}, "tags: in place of all there were"},
	{Fault{Name: "the length of the whole is passed over", Ask: func(r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Query().Has("uploadId") {
			r.Header.Del("X-Amz-Mp-Object-Size")
		}
	}}, "checksum: in parts, a wrong length is refused"},
	{Fault{Name: "a deletion is said and not done", Lose: func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodDelete {
			return answered(r, http.StatusNoContent, ""), nil
		}
		return nil, nil
	}}, "delete: what is there, and again"},
}

// answered is an answer made here; code is S3's word of an error, or "".
func answered(r *http.Request, status int, code string) *http.Response {
	text := ""
	if code != "" {
		text = "<Error><Code>" + code + "</Code><Message>by a fault</Message></Error>"
	}
	return &http.Response{
		StatusCode: status, Status: strconv.Itoa(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/xml"}}, ContentLength: int64(len(text)),
		Body: io.NopCloser(strings.NewReader(text)), Request: r,
	}
}

// isObject reports whether an answer is an object's bytes.
func isObject(r *http.Response) bool {
	return r.Request.Method == http.MethodGet && r.Request.URL.RawQuery == "x-id=GetObject" && r.StatusCode < 300
}

func flip(r *http.Response) {
	if isObject(r) {
		edit(r, func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
	}
}

// cut leaves the length as it was said.
func cut(r *http.Response) {
	if isObject(r) {
		length := r.ContentLength
		edit(r, func(b []byte) []byte { return b[:len(b)/2] })
		r.ContentLength = length
		r.Header.Set("Content-Length", strconv.FormatInt(length, 10))
	}
}

// rewrite changes the text of listings.
func rewrite(change func(string) string) func(*http.Response) {
	return func(r *http.Response) {
		if r.Request.Method == http.MethodGet && r.Request.URL.Query().Has("list-type") {
			edit(r, func(b []byte) []byte { return []byte(change(string(b))) })
		}
	}
}

func edit(r *http.Response, change func([]byte) []byte) {
	b, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err == nil && len(b) > 0 {
		b = change(b)
	}
	r.Body = io.NopCloser(bytes.NewReader(b))
	r.ContentLength = int64(len(b))
	r.Header.Set("Content-Length", strconv.Itoa(len(b)))
}
