package main

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"

	"golang.org/x/sync/errgroup"
)

// relayed is what the ceiling reads and writes at a time: a part.
const relayed = 64 << 20

// relay moves a load as fast as this machine and these ends let anybody: a
// range is read and written as a part, and nothing is computed, compared or
// asked again. It is the measure for the ends, not a mover to be used.
func (e *ends) relay(ctx context.Context, prefix string, l load) error {
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(l.streams)
	if l.size <= relayed {
		for n := range l.files {
			g.Go(func() error { return e.piece(each, l.path(n), e.object(prefix, l, n), 0, l.size) })
		}
		return g.Wait()
	}
	url := e.object(prefix, l, 0)
	var upload struct {
		ID string `xml:"UploadId"`
	}
	if err := e.post(ctx, url+"?uploads", "", &upload); err != nil {
		return err
	}
	var named strings.Builder
	for n, at := 1, int64(0); at < l.size; n, at = n+1, at+relayed {
		fmt.Fprintf(&named, "<Part><PartNumber>%d</PartNumber></Part>", n)
		part := fmt.Sprintf("%s?partNumber=%d&uploadId=%s", url, n, upload.ID)
		g.Go(func() error { return e.piece(each, l.path(0), part, at, min(relayed, l.size-at)) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return e.post(ctx, url+"?uploadId="+upload.ID, "<CompleteMultipartUpload>"+named.String()+"</CompleteMultipartUpload>", &struct{}{})
}

func (e *ends) object(prefix string, l load, n int) string {
	return e.sink + "/" + bucket + "/" + l.key(prefix, n)
}

// piece reads n bytes of a file from at on, and puts them.
func (e *ends) piece(ctx context.Context, path, url string, at, n int64) error {
	get, err := http.NewRequestWithContext(ctx, http.MethodGet, e.source+"/"+path, nil)
	if err != nil {
		return err
	}
	get.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", at, at+n-1))
	from, err := e.client.Do(get)
	if err != nil {
		return err
	}
	defer from.Body.Close()
	put, err := http.NewRequestWithContext(ctx, http.MethodPut, url, from.Body)
	if err != nil {
		return err
	}
	put.ContentLength = n
	_, err = e.do(put)
	return err
}

func (e *ends) post(ctx context.Context, url, body string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	text, err := e.do(r)
	if err != nil {
		return err
	}
	return xml.Unmarshal(text, into)
}

func (e *ends) do(r *http.Request) ([]byte, error) {
	answer, err := e.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", r.Method, r.URL, answer.Status, text)
	}
	return text, err
}
