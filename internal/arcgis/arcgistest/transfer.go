package arcgistest

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// transfer is an answer of the file host before it is written.
type transfer struct {
	status             int
	code               string // of an error in XML
	text               string
	content            *Content
	name, kind         string
	noRanges, noLength bool
	cut                bool
	after              time.Duration // its Retry-After, where there is one
	hold               <-chan struct{}
}

func (p *Portal) transfer(a *ask) transfer {
	q := a.URL.Query()
	if a.Header.Get("Authorization") != "" || a.Header.Get("X-Esri-Authorization") != "" || q.Has("token") {
		p.breach("credentials at the file host, for %s", a.id)
		return transfer{status: 400, code: "InvalidArgument", text: "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified"}
	}
	if a.Referer() != "" {
		p.breach("a Referer at the file host, for %s", a.id)
	}
	made, err := time.Parse(amzTime, q.Get("X-Amz-Date"))
	switch {
	case a.Method != http.MethodGet || err != nil || !same(q.Get("X-Amz-Signature"), p.signature(a.id, q)):
		return transfer{status: 403, code: "SignatureDoesNotMatch", text: "The request signature we calculated does not match the signature you provided."}
	case a.now.After(made.Add(linkLife)):
		return transfer{status: 403, code: "AccessDenied", text: "Request has expired"}
	}
	i := p.items[a.id]
	if i == nil || i.held() == nil {
		return transfer{status: 404, code: "NoSuchKey", text: "The specified key does not exist."}
	}
	return p.hand(a, i)
}

func (t transfer) write(w http.ResponseWriter, a *ask) {
	if t.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(t.after.Seconds())))
	}
	if t.code != "" {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(t.status)
		fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s</Code><Message>%s</Message><RequestId>SIMULATED</RequestId></Error>", t.code, t.text) //nolint:errcheck // the client may have gone
		return
	}
	if t.kind != "" {
		w.Header().Set("Content-Type", t.kind)
	}
	if t.hold != nil {
		select {
		case <-t.hold:
		case <-a.Context().Done():
			return
		}
	}
	if t.cut {
		w = &cutter{ResponseWriter: w, left: -1}
	}
	switch {
	case t.noLength:
		w.Header().Set("Transfer-Encoding", "identity")
		fallthrough
	case t.noRanges:
		w.Header().Set("ETag", t.content.etag())
		w.Header().Set("Content-Type", mimeOf(t.name))
		if !t.noLength {
			w.Header().Set("Content-Length", fmt.Sprint(t.content.Size()))
		}
		io.Copy(w, t.content.Reader()) //nolint:errcheck // the client may have gone
	default:
		serveFile(w, a.Request, t.content, t.name)
	}
}

// serveFile answers with a file: ranges, conditions and length by net/http.
// Several ranges at once get the whole file, as S3 does it.
func serveFile(w http.ResponseWriter, r *http.Request, c *Content, name string) {
	h := w.Header()
	h.Set("ETag", c.etag())
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", mimeOf(name))
	}
	if strings.Contains(r.Header.Get("Range"), ",") {
		r.Header.Del("Range")
	}
	http.ServeContent(w, r, "", time.Time{}, c.Reader())
}

func mimeOf(name string) string {
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// cutter breaks the connection half-way through the body.
type cutter struct {
	http.ResponseWriter
	left int64
}

func (c *cutter) Write(b []byte) (int, error) {
	if c.left < 0 {
		n, err := strconv.ParseInt(c.Header().Get("Content-Length"), 10, 64)
		if c.left = n / 2; err != nil {
			c.left = int64(len(b) / 2)
		}
	}
	if int64(len(b)) < c.left {
		c.left -= int64(len(b))
		return c.ResponseWriter.Write(b)
	}
	c.ResponseWriter.Write(b[:c.left])                   //nolint:errcheck // broken on purpose
	http.NewResponseController(c.ResponseWriter).Flush() //nolint:errcheck // broken on purpose
	panic(http.ErrAbortHandler)
}
