package storetest

import (
	"net/http"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// A Fault stands between a client and its server, like a proxy that does
// something wrong. Each of its functions may be nil.
type Fault struct {
	Name   string
	Ask    func(*http.Request)                         // changes a request, which is then signed anew
	Answer func(*http.Response)                        // changes an answer
	Lose   func(*http.Request) (*http.Response, error) // answers in the server's place, unless it gives two nils
	After  func(*http.Request) error                   // loses the answer of a request that was carried out
	Skew   time.Duration                               // of the clock by which requests are signed
}

// Through is a client that reaches the same server as client through a fault.
func Through(client *s3.Client, f Fault) *s3.Client {
	o := settings(client)
	o.HTTPClient = faulty{Fault: f, next: o.HTTPClient, options: o}
	return s3.New(o)
}

// settings are a client's, without what would be shared with another client:
// a signer keeps the keys that it made for an account, and the credentials of
// directory buckets are told which client they serve.
func settings(client *s3.Client) s3.Options {
	o := client.Options()
	o.HTTPSignerV4, o.AuthSchemes, o.ExpressCredentials = nil, nil, nil
	return o
}

type faulty struct {
	Fault
	next    s3.HTTPClient
	options s3.Options
}

// Do is one request, on its way and back.
func (f faulty) Do(r *http.Request) (*http.Response, error) {
	if f.Lose != nil {
		if answer, err := f.Lose(r); answer != nil || err != nil {
			return answer, err
		}
	}
	if f.Ask != nil || f.Skew != 0 {
		if f.Ask != nil {
			f.Ask(r)
		}
		if err := f.sign(r); err != nil {
			return nil, err
		}
	}
	answer, err := f.next.Do(r)
	if err != nil {
		return nil, err
	}
	if f.After != nil {
		if err := f.After(r); err != nil {
			answer.Body.Close()
			return nil, err
		}
	}
	if f.Answer != nil {
		f.Answer(answer)
	}
	return answer, nil
}

// sign signs what is asked by now.
func (f faulty) sign(r *http.Request) error {
	as, err := f.options.Credentials.Retrieve(r.Context())
	if err != nil {
		return err
	}
	hash := r.Header.Get("X-Amz-Content-Sha256")
	r.Header.Del("Authorization")
	return v4.NewSigner().SignHTTP(r.Context(), as, r, hash, "s3", f.options.Region, time.Now().Add(f.Skew), func(o *v4.SignerOptions) {
		o.DisableURIPathEscaping = true
	})
}
