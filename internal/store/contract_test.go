package store_test

import (
	"testing"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects/objectstest"
	"github.com/mapkeep/mapkeep/internal/store/storetest"
)

// The store of --to DIR keeps the contract; where it can't, storetest.Known
// says why.
func TestContract(t *testing.T) {
	t.Parallel()
	storetest.Contract(t, storetest.Versitygw, storetest.OnFiles(), objectstest.Client(t, objectstest.Start(t)), says{t})
}

// says fails where the contract is broken.
type says struct{ *testing.T }

func (says) Agreed(string)          {}
func (says) Differs(string, string) {}
func (s says) Objected(name, objection string) {
	s.Helper()
	s.Errorf("%s: %s", name, objection)
}
