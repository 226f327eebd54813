package arcgistest

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

// linkLife is how long a link to the file host is good.
const linkLife = 300 * time.Second

const amzTime = "20060102T150405Z"

// data is content/items/{id}/data: JSON text inline, a file by a redirect to
// the file host, and for an item without data nothing, or an error.
func (a *ask) data() reply {
	p := a.p
	i, fail := a.find(a.id)
	if fail != nil {
		return reply{fail: fail}
	}
	s := &i.root().script
	if i.job != nil {
		p.settle(i.job, a.now, false)
		if i.job.state != done {
			if n := p.tries["early "+i.ID]; n%2 == 0 {
				p.tries["early "+i.ID]++
				return reply{mime: "application/octet-stream", text: []byte{}}
			}
			p.tries["early "+i.ID]++
			return reply{fail: noFile}
		}
	}
	damaged := i.damaged()
	if damaged && i.job == nil && (s.damage == html || s.damage == errorJSON) {
		s.damaged--
	}
	switch {
	case damaged && s.damage == html:
		return reply{page: "<!DOCTYPE html>\n<html><head><title>Sign In</title></head><body><form action=\"/sharing/oauth2/signin\"></form></body></html>\n"}
	case damaged && s.damage == errorJSON:
		return reply{mime: "application/json;charset=utf-8", text: []byte(`{"error":{"code":500,"message":"Internal server error.","details":[]}}`)}
	}
	c := i.held()
	switch {
	case c == nil && s.noData != nil:
		return reply{fail: s.noData}
	case c == nil:
		return reply{mime: "application/json;charset=utf-8", text: []byte{}}
	case i.name == "" && (i.body.text != nil || i.job != nil):
		kind := "application/json;charset=utf-8"
		if p.rules.mislabel {
			kind = "text/plain;charset=utf-8"
		}
		return reply{mime: kind, text: c.Bytes()}
	case p.rules.enterprise:
		t := p.hand(a, i)
		return reply{file: &t}
	}
	return reply{location: p.link(i, a.now)}
}

var noFile = &failure{Code: 500, Message: "Item does not have a file.", Details: []string{}}

// damaged says whether the item's file, as it is asked for now, is hurt.
func (i *item) damaged() bool {
	if i.job != nil {
		return i.job.damaged
	}
	return !i.hosted && i.script.damage != whole && i.script.damaged > 0
}

// held is the item's content as the portal would give it out, damage and
// all; nil where there is none.
func (i *item) held() *Content {
	c := i.kept()
	if c == nil || !i.damaged() {
		return c
	}
	switch i.root().script.damage {
	case empty:
		return join("empty")
	case truncated:
		return c.first(c.Size() * 2 / 3)
	case notZip:
		return join("noise of "+i.ID, hiss(c.Size(), "noise of "+i.ID))
	case noDataSet:
		return zipped("bare "+i.ID, file{"readme.txt", strings.NewReader("There was nothing to export.\r\n")})
	}
	return c
}

// link signs an address of the file host.
func (p *Portal) link(i *item, now time.Time) string {
	name, ok := i.filename().(string)
	if !ok {
		name = i.ID
	}
	at := "/" + i.ID + "/" + url.PathEscape(name)
	q := url.Values{"X-Amz-Algorithm": {"AWS4-HMAC-SHA256"}, "X-Amz-Date": {now.Format(amzTime)}, "X-Amz-SignedHeaders": {"host"},
		"X-Amz-Expires": {strconv.Itoa(int(linkLife.Seconds()))}, "X-Amz-Credential": {"ASIASIMULATED/" + now.Format("20060102") + "/us-east-1/s3/aws4_request"}}
	q.Set("X-Amz-Signature", p.signature(i.ID, q))
	return p.FilesURL + at + "?" + q.Encode()
}

func (p *Portal) signature(id string, q url.Values) string {
	return p.sign("link", id, q.Get("X-Amz-Date"), q.Get("X-Amz-Expires"), q.Get("X-Amz-Credential"))
}

// files is the file host: it knows links and no tokens.
func (p *Portal) files(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	a := &ask{Request: r, p: p, host: "files", endpoint: Download, now: p.Clock.Now()}
	a.id, _, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	t := p.transfer(a)
	p.note(a, reply{status: t.status, reset: t.cut})
	p.mu.Unlock()
	t.write(w, a)
}

// transfer is an answer of the file host before it is written.
type transfer struct {
	status             int
	code               string // of an error in XML
	text               string
	content            *Content
	name, kind         string
	noRanges, noLength bool
	cut                bool
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

// hand gives a file out, in the way the item's script says.
func (p *Portal) hand(a *ask, i *item) transfer {
	s := &i.root().script
	if s.slowdowns > 0 || p.slowdown(a) {
		s.slowdowns = max(s.slowdowns-1, 0)
		return transfer{status: 503, code: "SlowDown", text: "Please reduce your request rate."}
	}
	if a.Header.Get("Range") != "" && i.held().Size() == 0 {
		return transfer{status: 416, code: "InvalidRange", text: "The requested range is not satisfiable"}
	}
	name, _ := i.filename().(string)
	t := transfer{status: 200, content: i.held(), name: name, noRanges: s.noRanges, noLength: s.noLength}
	if p.rules.mislabel {
		t.kind = "text/html"
	}
	if t.cut = s.cuts > 0 || p.breaks(a); s.cuts > 0 {
		s.cuts--
	}
	if i.job == nil && i.script.damaged > 0 {
		i.script.damaged--
	}
	if ranged := a.Header.Get("Range") != ""; ranged && !s.noRanges {
		t.status = 206
		if s.shifting {
			p.shift(i)
		}
	}
	return t
}

// shift changes a file while it is being read.
func (p *Portal) shift(i *item) {
	if i.job == nil {
		i.edition++
		if i.body.bytes != nil {
			i.body.bytes = append([]byte(fmt.Sprint(i.edition)), i.body.bytes...)
		}
		return
	}
	j := i.job
	i.edition++
	j.content = join(fmt.Sprintf("%s, shifted %d", j.content.mark, i.edition), j.content.parts...)
}

func (t transfer) write(w http.ResponseWriter, a *ask) {
	if t.code != "" {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(t.status)
		fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s</Code><Message>%s</Message><RequestId>SIMULATED</RequestId></Error>", t.code, t.text) //nolint:errcheck // the client may have gone
		return
	}
	if t.kind != "" {
		w.Header().Set("Content-Type", t.kind)
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
