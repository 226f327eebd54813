//go:build judges

package s3_test

import (
	"testing"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/internal/store/storetest"
)

// MinIO does as S3 does in all that a backup relies on, or storetest.Known
// says where it does not; and the contract finds a MinIO that is broken.
func TestContract(t *testing.T) {
	t.Parallel()
	j := judge.New(t, "MinIO", pinned(t))
	client := start(t).open(t)
	storetest.Contract(t, storetest.MinIO, storetest.OnFiles(), client, j)
	for _, f := range storetest.Faults(storetest.MinIO) {
		j.Bites(f.Name, f.Found(t.Context(), client))
	}
}
