package store

import "context"

// Small makes verbs work in parts from a few MiB on: S3 takes no parts below
// 5 MiB, but for the last one.
func Small(s *Store) { s.limits = limits{piece: 5 << 20, copyPart: 5 << 20} }

// CopyParts is what Copy does above 5 GB.
func CopyParts(ctx context.Context, s *Store, from, to string) (Object, error) {
	return s.copyParts(ctx, from, to)
}
