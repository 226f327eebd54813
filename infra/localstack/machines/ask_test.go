//go:build localstack

package machines_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
)

// put puts an object, or makes a bucket.
func (l *lab) put(ctx context.Context, path string, body []byte) error {
	return l.ask(ctx, http.MethodPut, "s3", path, body, nil)
}

// rest calls a service of AWS's REST and JSON protocol.
func (l *lab) rest(ctx context.Context, method, service, path string, in, out any) error {
	if in == nil {
		return l.ask(ctx, method, service, path, nil, out)
	}
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return l.ask(ctx, method, service, path, body, out)
}

func (l *lab) ask(ctx context.Context, method, service, path string, body []byte, out any) error {
	r, err := http.NewRequestWithContext(ctx, method, l.cloud.Endpoint+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	return l.cloud.Send(r, service, out)
}
