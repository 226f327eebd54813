// Package mapkeep carries template.yaml, the cloud half of Mapkeep, into the
// program: embedding reaches only downwards, so it lies here at the root.
// Package infra reads it.
package mapkeep

import _ "embed"

// Template is template.yaml as it stands: the stack that `make deploy` makes,
// and for the program the time-outs of the functions and the lifecycle rules
// of the bucket.
//
//go:embed template.yaml
var Template []byte
