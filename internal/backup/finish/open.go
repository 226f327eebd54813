package finish

import (
	"context"
	"os"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/entry"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/ledger"
)

// Open builds the room from the environment.
func Open(ctx context.Context) (entry.Room[backup.RunCall, Answer], error) {
	base, err := backup.FromEnv(os.LookupEnv)
	if err != nil {
		return nil, fault.As(fault.BadSettings, err)
	}
	l, err := ledger.Open(ctx)
	if err != nil {
		return nil, err
	}
	return Room{Ledger: l, Base: base}.Run, nil
}
