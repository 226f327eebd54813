package content_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/mapkeep/mapkeep/internal/content"
)

// FuzzText holds the JSON scanner against encoding/json, beyond whose
// grammar it takes raw control characters, a byte order mark and Python's
// words: texts with those are left out.
func FuzzText(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `{"a":[1,2,{"b":null}]}`, `-0.1e-5`, `"\u12aF\n"`, `[1,]`, `{"a"}`, `{,}`, `01`, `1.`, `1e`, `--1`, `tru`, `"\x"`, `[[[]`,
		`{"a":1,"a":2} `, `"\u12g4"`, `]`, `,`, `{"a":1}}`, `[true false]`, `nul`, `nulll`, "\t\n", `1 2`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if bytes.ContainsAny(body, "NI\xef") || bytes.ContainsFunc(body, func(r rune) bool { return r < ' ' }) || len(body) == 0 {
			t.Skip()
		}
		var object map[string]any
		if json.Unmarshal(body, &object) == nil && object["error"] != nil {
			t.Skip()
		}
		for _, resume := range []int{0, len(body) / 2} {
			if err := judge(content.Text(), body, -1, 1, resume); (err == nil) != json.Valid(body) {
				t.Errorf("Text of %q, put away at %d: %v; encoding/json says valid %v", body, resume, err, json.Valid(body))
			}
		}
	})
}

// FuzzZip wants a verdict, not a panic, whatever the bytes.
func FuzzZip(f *testing.F) {
	for _, seed := range []string{gdb, gdb[:60], commented(gdb, "c"), patched(gdb, -12, 9), seven, sqlite, page, "PK\x05\x06"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, c := range []content.Check{content.Export("File Geodatabase"), content.File("a.zip"), content.File("")} {
			judge(c, body, -1, 100, 0) //nolint:errcheck // any verdict will do
		}
	})
}
