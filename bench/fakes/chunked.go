package fakes

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// payload is a request's body without the framing that AWS clients put around
// it when its checksum follows it (Content-Encoding aws-chunked), and the
// checksum's trailer, complete once the body was read to its end.
func payload(r *http.Request) (io.Reader, http.Header) {
	trailer := http.Header{}
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return r.Body, trailer
	}
	return &chunked{in: bufio.NewReaderSize(r.Body, 64<<10), trailer: trailer}, trailer
}

// chunked reads `<hex length>[;chunk-signature=…]CRLF <bytes> CRLF`, a chunk
// of no bytes, and lines `name:value`.
type chunked struct {
	in      *bufio.Reader
	left    int64
	ended   bool
	trailer http.Header
}

func (c *chunked) Read(p []byte) (int, error) {
	if c.ended {
		return 0, io.EOF
	}
	if c.left == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
		if c.ended {
			return 0, io.EOF
		}
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	if c.left -= int64(n); c.left == 0 && err == nil {
		_, err = c.in.Discard(2)
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (c *chunked) next() error {
	line, err := c.line()
	if err != nil {
		return err
	}
	length, _, _ := strings.Cut(line, ";")
	if c.left, err = strconv.ParseInt(length, 16, 64); err != nil {
		return fmt.Errorf("chunk of length %q", length)
	}
	if c.ended = c.left == 0; !c.ended {
		return nil
	}
	for {
		line, err := c.line()
		if line == "" || errors.Is(err, io.EOF) {
			return nil
		}
		if name, value, ok := strings.Cut(line, ":"); ok {
			c.trailer.Set(name, strings.TrimSpace(value))
		}
	}
}

func (c *chunked) line() (string, error) {
	line, err := c.in.ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err
}
