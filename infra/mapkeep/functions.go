package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/mapkeep/mapkeep/internal/backup/check"
	"github.com/mapkeep/mapkeep/internal/backup/close"
	"github.com/mapkeep/mapkeep/internal/backup/download"
	"github.com/mapkeep/mapkeep/internal/backup/export"
	"github.com/mapkeep/mapkeep/internal/backup/finish"
	"github.com/mapkeep/mapkeep/internal/backup/list"
	"github.com/mapkeep/mapkeep/internal/entry"
)

// functions are the handlers that functions/ serves in the cloud, one for
// each; here one process serves them all, so that few processes do.
func functions() map[string]lambda.Handler {
	return map[string]lambda.Handler{
		"list":     entry.New("list", list.Open),
		"export":   entry.New("export", export.Open),
		"check":    entry.New("check", check.Open),
		"download": entry.New("download", download.Open),
		"close":    entry.New("close", close.Open),
		"finish":   entry.New("finish", finish.Open),
	}
}

// serveFunctions is what a child process does.
func serveFunctions() {
	slog.SetDefault(slog.New(lambdacontext.NewLogHandler()))
	lambda.Start(anyFunction(functions()))
}

// anyFunction goes by the name in the invoked function's ARN.
type anyFunction map[string]lambda.Handler

// Invoke hands the call to the function it is for.
func (f anyFunction) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	call, _ := lambdacontext.FromContext(ctx)
	arn := call.InvokedFunctionArn
	handler, ok := f[arn[strings.LastIndex(arn, ":")+1:]]
	if !ok {
		return nil, fmt.Errorf("no function %q", arn)
	}
	return handler.Invoke(ctx, payload)
}
