package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

// ours moves a load by the package that the Download function moves items by.
// Its portal is left out: the files are asked for as the portal's storage
// gives them, by a URL that needs no credential.
func (e *ends) ours(ctx context.Context, prefix string, l load) error {
	bucket, err := store.Open(ctx, bucket)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(l.streams)
	for n := range l.files {
		g.Go(func() error {
			job := transfer.Job{
				Source: from{e.client, e.source + "/" + l.path(n)}, Store: bucket, Key: l.key(prefix, n), Size: -1,
				Checkpoint: ".mapkeep/runs/" + prefix + "/transfers/" + strconv.Itoa(n) + ".json", Check: content.Check{},
			}
			if l.files == 1 {
				job.Streams = l.streams
			}
			return untilWhole(ctx, job)
		})
	}
	return g.Wait()
}

// untilWhole does what the machine does: a transfer that failed in a way that
// may pass is asked for again.
func untilWhole(ctx context.Context, job transfer.Job) error {
	for range 5 {
		moved, err := transfer.Move(ctx, job)
		switch {
		case err == nil && moved.Whole:
			return nil
		case err != nil && !fault.Is(err, fault.PortalUnavailable) && !fault.Is(err, fault.StoreUnavailable):
			return err
		case err != nil:
			fmt.Println("again:", err)
		}
	}
	return errors.New("not whole after five transfers")
}

// from is a file at the source, or a part of it.
type from struct {
	client *http.Client
	url    string
}

// Open asks for a part, on the condition that the file is still the same.
func (f from) Open(ctx context.Context, at, n int64, etag string) (*transfer.Body, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.url, nil)
	if err != nil {
		return nil, err
	}
	switch {
	case n >= 0:
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", at, at+n-1))
	case at > 0:
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", at))
	}
	if etag != "" {
		r.Header.Set("If-Match", etag)
	}
	r.Header.Set("Accept-Encoding", "identity")
	answer, err := f.client.Do(r)
	if err != nil {
		return nil, fault.As(fault.PortalUnavailable, err)
	}
	body := &transfer.Body{ReadCloser: answer.Body, Size: answer.ContentLength, ETag: answer.Header.Get("ETag"), Type: answer.Header.Get("Content-Type")}
	switch answer.StatusCode {
	case http.StatusOK:
		return body, nil
	case http.StatusPartialContent:
		_, size, _ := strings.Cut(answer.Header.Get("Content-Range"), "/")
		body.From, body.Ranges = at, true
		body.Size, err = strconv.ParseInt(size, 10, 64)
		return body, err
	}
	return nil, errors.Join(fault.New(fault.PortalUnavailable, answer.Status), answer.Body.Close())
}

// now is the time for names that no two rounds share.
func now() string { return strconv.FormatInt(time.Now().UnixNano(), 36) }
