package download

import (
	"context"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/entry"
	"github.com/mapkeep/mapkeep/internal/ledger"
	"github.com/mapkeep/mapkeep/internal/login"
)

// Open builds the room from the environment.
func Open(ctx context.Context) (entry.Room[backup.Call, backup.Docket], error) {
	l, err := ledger.Open(ctx)
	if err != nil {
		return nil, err
	}
	portals, err := login.Open(ctx, l)
	if err != nil {
		return nil, err
	}
	return Room{Ledger: l, Portals: portals}.Run, nil
}
