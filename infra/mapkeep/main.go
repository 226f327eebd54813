// Command mapkeep is the whole system on one computer: it runs the state
// machine of infra/backup.asl.json with the same functions that the cloud
// runs, against a folder or an S3 bucket. The same binary is the functions'
// process and the local store's process, so one file is all there is.
//
// Each command has a file of its own; cloud.go puts the parts together.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
	"github.com/mapkeep/mapkeep/infra/mapkeep/runtime"
	"github.com/mapkeep/mapkeep/internal/account"
)

// What the binary is when it runs itself.
const (
	asFunctions = "__functions"
	asObjects   = "__objects"
)

// How the program ends.
const (
	exitWell        = 0
	exitUsage       = 1 // wrong usage or settings; nothing was touched
	exitFailed      = 2
	exitSome        = 3 // done, but some items failed, or a difference was found
	exitInterrupted = 130
)

// init lets this program, as user's command and as functions, reach AWS by all
// that the user's own settings may name: profiles, single sign-on, roles.
func init() {
	account.Load = func(ctx context.Context, pool *awshttp.BuildableClient) (aws.Config, error) {
		return config.LoadDefaultConfig(ctx, config.WithHTTPClient(pool))
	}
}

func main() {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case asFunctions:
			runtime.ExitWithParent()
			serveFunctions()
			return
		case asObjects:
			if err := objects.Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			return
		}
	}
	os.Exit(program(interruptible(), os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// streams are the program's.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// itself is this binary as one of its other selves.
func itself(as string) *exec.Cmd {
	path, err := os.Executable()
	if err != nil {
		path = os.Args[0]
	}
	return exec.Command(path, as)
}
