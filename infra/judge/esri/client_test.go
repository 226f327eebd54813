//go:build judges || arcgis

// Package esri_test has Esri's own clients ask the simulated portal what a
// backup asks: if they can work with it, it is not our own picture of a portal
// alone. Each client is a program (client.mjs, client.py) that asks and says
// what it got; what is right is worked out here from what the portal holds.
package esri_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra/judge"
)

// root is the way from here to the top of the project.
var root = filepath.Join("..", "..", "..")

// line is what a client says: what it got in a case, or what it asks for.
type line struct {
	Case       string
	Got        any
	Please, ID string
}

// program is a client that is about to be started, with its environment: no
// proxies are in it.
type program struct{ command, env []string }

// run has a client work on the town, and gives what it got by case.
func (w *town) run(t *testing.T, p program) map[string]any {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	client := exec.CommandContext(ctx, p.command[0], p.command[1:]...)
	client.Env = append(p.env, "HOME="+t.TempDir())
	var complaints bytes.Buffer
	client.Stderr = &complaints
	in, err := client.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	got, err := w.listen(out, in)
	if err != nil {
		cancel()
	}
	if err := errors.Join(err, client.Wait()); err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(p.command[0]), err, complaints.String())
	}
	return got
}

// listen takes what a client says, and does what it asks for.
func (w *town) listen(out io.Reader, in io.Writer) (map[string]any, error) {
	got := map[string]any{}
	for said := json.NewDecoder(out); ; {
		var l line
		switch err := said.Decode(&l); {
		case err == io.EOF:
			return got, nil
		case err != nil:
			return nil, fmt.Errorf("what the client says: %w", err)
		case l.Please != "":
			if err := w.do(l.Please, l.ID); err != nil {
				return nil, err
			}
			if _, err := fmt.Fprintln(in, "done"); err != nil {
				return nil, err
			}
		default:
			if _, twice := got[l.Case]; twice {
				return nil, fmt.Errorf("the client says %q twice", l.Case)
			}
			got[l.Case] = l.Got
		}
	}
}

// verdicts are what is right, or, where a client is known to be wrong, what
// that client makes of it; and for those cases the reason.
type verdicts struct {
	want    facts
	differs map[string]string
}

// about are the verdicts of the cases that a client spoke of: for when it was
// asked for some groups alone.
func (v verdicts) about(got map[string]any) verdicts {
	some := verdicts{facts{}, v.differs}
	for name := range got {
		if want, known := v.want[name]; known {
			some.want[name] = want
		}
	}
	return some
}

// silent is the objection to a case of which the client said nothing.
const silent = "the client did not say what it got"

// objections are the cases in which a client got something else, with both.
func (v verdicts) objections(t *testing.T, got map[string]any) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, want := range v.want {
		g, asked := got[name]
		if !asked {
			out[name] = silent
		} else if diff := cmp.Diff(plain(t, want), g); diff != "" {
			out[name] = "(-want +got)\n" + diff
		}
	}
	for name := range got {
		if _, known := v.want[name]; !known {
			out[name] = fmt.Sprintf("nobody knows what is right; got %v", got[name])
		}
	}
	return out
}

// judge counts every case; of is what they are about.
func (v verdicts) judge(t *testing.T, j *judge.Judge, of string, got map[string]any) {
	t.Helper()
	objections := v.objections(t, got)
	names := slices.Collect(maps.Keys(v.want))
	names = slices.AppendSeq(names, maps.Keys(objections))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		reason, differs := v.differs[name]
		if differs && objections[name] == "" {
			j.Differs(of+name, reason)
			continue
		}
		j.Case(of+name, objections[name])
	}
}

// plain is a value as JSON gives it back.
func plain(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
