package list

import (
	"context"
	"os"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/entry"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/login"
)

// Open builds the room from the environment.
func Open(ctx context.Context) (entry.Room[backup.RunCall, backup.Listed], error) {
	base, err := backup.FromEnv(os.LookupEnv)
	if err != nil {
		return nil, fault.As(fault.BadSettings, err)
	}
	portals, err := login.Open(ctx)
	if err != nil {
		return nil, err
	}
	return Room{Ledger: portals.Ledger, Portals: portals, Base: base}.Run, nil
}
