package statestest_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states/statestest"
)

func output(text string) statestest.Outcome {
	return statestest.Outcome{Status: "SUCCEEDED", Output: json.RawMessage(text)}
}

func TestDiffers(t *testing.T) {
	t.Parallel()
	failed := statestest.Outcome{Status: "FAILED", Error: "A", Cause: "at <time>", Calls: 2}
	tests := []struct {
		name      string
		want, got statestest.Outcome
		finds     string // "" where nothing differs
	}{
		{"numbers by value", output(`{"a": [1, 2.50]}`), output(`{"a":[1.0,2.5]}`), ""},
		{"any value", output(`["<any>", "<any>"]`), output(`[null, {"a": 1}]`), ""},
		{"placeholders", output(`"<arn>/<uuid> <any>"`), output(`"arn:aws:x:1/0f0e0d0c-0000-4000-8000-000000000000 \n"`), ""},
		{"placeholders that do not fit", output(`"<uuid>"`), output(`"0f0e0d0c"`), "output"},
		{"signs are no patterns", output(`"a.c (<any>)"`), output(`"abc (x)"`), "output"},
		{"a field more", output(`{"a": 1}`), output(`{"a": 1, "b": 2}`), "output"},
		{"a field less", output(`{"a": null}`), output(`{}`), "output"},
		{"an element more", output(`[1]`), output(`[1, 2]`), "output"},
		{"another order", output(`[1, 2]`), output(`[2, 1]`), "output"},
		{"a text is no number", output(`1`), output(`"1"`), "output"},
		{"null is no object", output(`null`), output(`{}`), "output"},
		{"the same failure", failed, statestest.Outcome{Status: "FAILED", Error: "A", Cause: "at 2026-11-23T18:00:00.000Z", Calls: 2}, ""},
		{"another status", failed, statestest.Outcome{Status: "TIMED_OUT", Error: "A", Cause: "at 2026-11-23T18:00:00Z", Calls: 2}, "status"},
		{"another error", failed, statestest.Outcome{Status: "FAILED", Error: "AB", Cause: "at 2026-11-23T18:00:00Z", Calls: 2}, "error"},
		{"another cause", failed, statestest.Outcome{Status: "FAILED", Error: "A", Cause: "at 18:00", Calls: 2}, "cause"},
		{"a call more", failed, statestest.Outcome{Status: "FAILED", Error: "A", Cause: "at 2026-11-23T18:00:00Z", Calls: 3}, "calls"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := tt.want.Differs(tt.got)
			if tt.finds == "" && got != "" || tt.finds != "" && (!strings.HasPrefix(got, tt.finds+":") || strings.Contains(got, "\n")) {
				t.Errorf("Differs: got %q, want a difference in %q alone", got, tt.finds)
			}
		})
	}
}

func TestLoadFillsToTheByte(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := `{"says": "s", "machine": {}, "want": {"status": "SUCCEEDED"}, "input": {"é": ["<fill to 100 bytes>", 1]}, "objects": {"t": "[1, }", "j": [1, 2]}}`
	if err := os.WriteFile(filepath.Join(dir, "one.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := statestest.Load(t, dir)[0]
	if len(c.Input) != 100 || !json.Valid(c.Input) || c.Name != "one" {
		t.Errorf("Load: got input %s of %d bytes for %s, want JSON of 100 for one", c.Input, len(c.Input), c.Name)
	}
	if got := string(c.Object("t")) + string(c.Object("j")); got != "[1, }[1, 2]" {
		t.Errorf("Object: got %s, want a text as it is and JSON as it is", got)
	}
}

func TestScriptGivesEachStepOnce(t *testing.T) {
	t.Parallel()
	s := statestest.Case{Tasks: []statestest.Step{
		{For: json.RawMessage(`{"n": 2}`), Fail: "Two"}, {Fail: "First"}, {Answer: json.RawMessage(`"last"`)},
	}}.Script()
	got := ""
	for _, payload := range []string{`{"n":1}`, `{"n":2}`, `{"n":2}`, `{"n":3}`} {
		step := s.Next([]byte(payload))
		got += step.Fail + string(step.Answer) + " "
	}
	if want := `First Two "last" {"n":3} `; got != want || s.Calls() != 4 {
		t.Errorf("Next: got %s in %d calls, want %s in 4", got, s.Calls(), want)
	}
}
