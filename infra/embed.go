// Package infra says what Mapkeep is made of: the state machine that every
// backup walks through (backup.asl.json) and, read out of template.yaml, the
// functions and the bucket's lifecycle. AWS reads the same two files when the
// stack is deployed; the program in infra/mapkeep takes them from here. Start
// with the machine's Comments.
package infra

import _ "embed"

// Machine is backup.asl.json as it stands, its ${Name} not yet filled in.
//
//go:embed backup.asl.json
var Machine []byte
