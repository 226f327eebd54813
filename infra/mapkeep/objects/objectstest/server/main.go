// Command server is the store's process for tests under the race detector,
// which would watch the gateway for nothing and triple the time of a run.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
)

func main() {
	if err := objects.Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
