// Package infra says what Mapkeep is made of: the state machine that every
// backup walks through (backup.asl.json) and, read out of template.yaml, the
// functions and the bucket's lifecycle. AWS reads the same two files when the
// stack is deployed; the program in infra/mapkeep takes them from here. Start
// with the machine's Comments.
package infra

import (
	_ "embed"

	"github.com/mapkeep/mapkeep"
)

//go:embed backup.asl.json
var machine []byte

// Machine gives backup.asl.json as it stands, its ${Name} not yet filled in.
func Machine() []byte { return append([]byte(nil), machine...) }

// Template reads template.yaml; see Read.
func Template() (Stack, error) { return Read(mapkeep.Template) }
