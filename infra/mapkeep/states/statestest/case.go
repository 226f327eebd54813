// Package statestest is a table of small machines, each with what Step
// Functions makes of it by its documentation. Two interpreters are held to it:
// ours, in the tests of package states, and LocalStack's, in
// infra/localstack/machines. A case is one file of testdata/machines; start
// with Case.
package statestest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A Case is one machine, run once. Its name is its file's.
//
// In Machine ${Function} and ${Bucket} stand for the function that Tasks
// scripts and the bucket that has Objects. A text "<fill to N bytes>" in Input
// or in an answer stands for as many x as make the whole document N bytes of
// compact JSON. What texts of Want may stand for: see Outcome.
type Case struct {
	Name    string `json:"-"`
	Says    string // the rule that the case holds; of the Developer Guide or the language's specification where it names no other source
	Machine json.RawMessage
	Input   json.RawMessage
	Tasks   []Step                     // what the function does, call by call; see Script
	Objects map[string]json.RawMessage // by key; a JSON text is the object as it is
	Draw    float64                    // what chance gives each time, in [0, 1); given where Want depends on it
	Want    Outcome

	// LocalStack is what LocalStack makes of it where it is known to be wrong.
	LocalStack *Difference
}

// A Difference is a known mistake of another interpreter: why Want is right all
// the same, and exactly what the other gives, so that a change is noticed.
type Difference struct {
	Why string
	Outcome
}

// Load reads all cases of a folder, in the order of their names.
func Load(t testing.TB, dir string) []Case {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("cases of %s: %d, %v", dir, len(files), err)
	}
	var all []Case
	for _, file := range files {
		c, err := read(file)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, c)
	}
	return all
}

func read(file string) (Case, error) {
	c := Case{Name: strings.TrimSuffix(filepath.Base(file), ".json"), Input: json.RawMessage("{}")}
	text, err := os.ReadFile(file)
	if err != nil {
		return c, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, err
	}
	if c.Says == "" || c.Want.Status == "" {
		return c, fmt.Errorf("a case says what it holds, and wants a status")
	}
	if c.Input, err = filled(c.Input); err != nil {
		return c, err
	}
	for i := range c.Tasks {
		if c.Tasks[i].Answer, err = filled(c.Tasks[i].Answer); err != nil {
			return c, err
		}
	}
	return c, nil
}

// Definition is the case's machine with a function and a bucket put in.
func (c Case) Definition(function, bucket string) string {
	return strings.NewReplacer("${Function}", function, "${Bucket}", bucket).Replace(string(c.Machine))
}

// Object is what lies in the bucket under a key.
func (c Case) Object(key string) []byte {
	var text string
	if json.Unmarshal(c.Objects[key], &text) == nil {
		return []byte(text)
	}
	return c.Objects[key]
}

// filled is a document, compact, with its fill put in.
func filled(document json.RawMessage) (json.RawMessage, error) {
	if len(document) == 0 {
		return document, nil
	}
	var b bytes.Buffer
	if err := json.Compact(&b, document); err != nil {
		return nil, err
	}
	before, rest, found := strings.Cut(b.String(), "<fill to ")
	if !found {
		return b.Bytes(), nil
	}
	var size int
	if _, err := fmt.Sscanf(rest, "%d bytes>", &size); err != nil {
		return nil, fmt.Errorf("a fill is \"<fill to N bytes>\": %w", err)
	}
	_, after, _ := strings.Cut(rest, ">")
	missing := size - len(before) - len(after)
	if missing < 0 {
		return nil, fmt.Errorf("the document has more than %d bytes", size)
	}
	return json.RawMessage(before + strings.Repeat("x", missing) + after), nil
}
