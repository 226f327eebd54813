package store

// Small makes verbs work in parts from a few MiB on: S3 takes no parts below
// 5 MiB, but for the last one.
func Small(s *Store) { s.limits = limits{piece: 5 << 20} }
