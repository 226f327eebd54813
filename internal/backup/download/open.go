package download

import (
	"context"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/entry"
	"github.com/mapkeep/mapkeep/internal/login"
)

// Open builds the room from the environment.
func Open(ctx context.Context) (entry.Room[backup.Call, backup.Docket], error) {
	portals, err := login.Open(ctx)
	if err != nil {
		return nil, err
	}
	return Room{Ledger: portals.Ledger, Portals: portals}.Run, nil
}
