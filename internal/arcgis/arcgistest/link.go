package arcgistest

import (
	"net/url"
	"strconv"
	"time"
)

// linkLife is how long a link to the file host is good.
const linkLife = 300 * time.Second

const amzTime = "20060102T150405Z"

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
