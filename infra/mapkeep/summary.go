package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup/finish"
)

// summary is the last word for people.
func (v *view) summary(p *place, answer finish.Answer) {
	r := answer.Result
	if r.Log == "" {
		return
	}
	fmt.Fprintf(v.out, "%s: %s, %d of %d items, %d unchanged, %d failed, %d skipped, %s in %s\n", r.Folder, r.Status,
		r.Items.BackedUp, r.Items.Total, r.Items.Unchanged, r.Items.Failed, r.Items.Skipped,
		amount(r.Bytes), time.Since(v.begun).Round(100*time.Millisecond))
	fmt.Fprintf(v.out, "log: %s\n", p.where(r.Log))
	if r.Retention.Expired > 0 {
		fmt.Fprintf(v.out, "retention: %d backups kept, %d expired\n", r.Retention.Kept, r.Retention.Expired)
	}
}

// where is an object's place as a person finds it.
func (p *place) where(key string) string {
	if p.dir != "" {
		return filepath.Join(p.dir, "data", p.bucket, filepath.FromSlash(key))
	}
	return "s3://" + p.bucket + "/" + key
}

// amount is a number of bytes in the unit that fits.
func amount(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	size, unit := float64(n), 0
	for size >= 1024 && unit < len(units)-1 {
		size, unit = size/1024, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", size, units[unit])
}
