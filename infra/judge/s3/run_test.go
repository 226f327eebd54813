//go:build judges

package s3_test

import (
	"testing"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/infra/judge/s3/program"
)

// A backup by the program into MinIO is the one that it makes in a folder.
func TestRun(t *testing.T) {
	t.Parallel()
	j := judge.New(t, "MinIO", pinned(t))
	m := start(t)
	newBucket(t, m)
	program.Build(t, root, m.environ()...).Same("s3://maps/town", j)
}
