//go:build localstack

// Scripted is the function of the table of machines as Lambda runs it. What it
// does in each call the test decides: it hands on the payload to the address
// in SCRIPT, and answers, or fails by name, as it is told there.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
)

type scripted struct{ script string }

// Invoke asks what to do with a payload, and does it.
func (s scripted) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.script, bytes.NewReader(payload))
	if err != nil {
		return nil, err
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		return nil, err
	}
	switch name := reply.Header.Get("Fail"); {
	case name != "":
		return nil, messages.InvokeResponse_Error{Type: name, Message: string(body)}
	case reply.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the script answered %s", reply.Status)
	}
	return body, nil
}

func main() { lambda.Start(scripted{os.Getenv("SCRIPT")}) }
