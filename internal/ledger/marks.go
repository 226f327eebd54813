package ledger

import (
	"context"

	"github.com/mapkeep/mapkeep/internal/catalog"
)

// Tags that retention sets on objects, and their values. A person's own value
// on a manifest, such as "keep", is never overwritten.
const (
	Mark     = "mapkeep"
	Since    = "mapkeep-since" // RFC 3339, when the mark was set
	Expiring = "expiring"
	Expired  = "expired"
)

// Plan is what a run decided about retention.
func (l Ledger) Plan(ctx context.Context, run string) (catalog.Retention, error) {
	var plan catalog.Retention
	err := l.read(ctx, l.keys().Plan(run), &plan)
	return plan, err
}

// SavePlan writes what a run decided, once, and returns the plan that holds.
func (l Ledger) SavePlan(ctx context.Context, run string, plan catalog.Retention) (catalog.Retention, error) {
	created, err := l.create(ctx, l.keys().Plan(run), plan)
	if err != nil || created {
		return plan, err
	}
	return l.Plan(ctx, run)
}
