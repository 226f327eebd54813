package catalog

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
)

// A sink writes a JSON document of one object whose parts are too long to be
// held: open a part, write its entries, shut it. It remembers the first
// error, so that the writers read like the documents they write.
type sink struct {
	w     *bufio.Writer
	err   error
	comma string // before the next entry
}

// Both documents are indented by four spaces.
const indent = "    "

func newSink(w io.Writer) *sink { return &sink{w: bufio.NewWriter(w)} }

// field writes a short part as a whole; after is a comma, or nothing for the
// last part, as in shut.
func (s *sink) field(name string, v any, after string) {
	s.raw(indent + `"` + name + `": ` + s.encode(v, indent) + after + "\n")
}

// open begins a long part; bracket is { or [.
func (s *sink) open(name, bracket string) {
	s.raw(indent + `"` + name + `": ` + bracket)
	s.comma = ""
}

// element writes one element of the open list, on one line.
func (s *sink) element(v any) { s.entry(s.encode(v, "")) }

// line writes one field of the open object, on one line.
func (s *sink) line(key string, v any) { s.entry(s.encode(key, "") + ": " + s.encode(v, "")) }

// block writes one field of the open object, over several lines.
func (s *sink) block(key string, v any) {
	s.entry(s.encode(key, "") + ": " + s.encode(v, indent+indent))
}

func (s *sink) entry(t string) {
	s.raw(s.comma + "\n" + indent + indent + t)
	s.comma = ","
}

// shut ends the open part.
func (s *sink) shut(bracket, after string) {
	if s.comma != "" {
		s.raw("\n" + indent)
	}
	s.raw(bracket + after + "\n")
}

func (s *sink) raw(t string) {
	if s.err == nil {
		_, s.err = s.w.WriteString(t)
	}
}

// encode gives v as JSON: on one line, or with a margin before each line but
// the first.
func (s *sink) encode(v any, margin string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if margin != "" {
		enc.SetIndent(margin, indent)
	}
	if err := enc.Encode(v); err != nil && s.err == nil {
		s.err = err
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (s *sink) flush() error {
	if s.err == nil {
		s.err = s.w.Flush()
	}
	return s.err
}
