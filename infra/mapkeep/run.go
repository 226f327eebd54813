package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/backup/finish"
	"github.com/mapkeep/mapkeep/internal/entry"
	"github.com/mapkeep/mapkeep/internal/fault"
)

type runCommand struct {
	To string `required:"" help:"Where the backups go: a folder, or s3://BUCKET[/PREFIX]." placeholder:"PLACE"`
	secretFlag
	settingFlags
	UndoDays int `default:"7" help:"Days that expired backups can be brought back, in a folder (${default})." placeholder:"DAYS"`
}

// secretVariable may hold the credentials; no child gets it.
const secretVariable = "MAPKEEP_SECRET"

// secretFlag says where the credentials are; they are never a flag's value.
type secretFlag struct {
	SecretFile string `help:"File with the portal's credentials as JSON; - is standard input. Else the variable MAPKEEP_SECRET." placeholder:"FILE"`
}

// read gives the secret, once it is sure that it can be used.
func (f secretFlag) read(a *app) ([]byte, error) {
	var text []byte
	var err error
	switch {
	case f.SecretFile == "-":
		text, err = io.ReadAll(a.in)
	case f.SecretFile != "":
		text, err = os.ReadFile(f.SecretFile)
	default:
		text = []byte(os.Getenv(secretVariable))
	}
	if err != nil {
		return nil, usage("--secret-file %s can't be read: %w; give a file with the portal's credentials as JSON, or - for standard input", f.SecretFile, cause(err))
	}
	if len(text) == 0 {
		return nil, usage("no credentials: give --secret-file FILE (or - for standard input), or the JSON itself in the environment variable MAPKEEP_SECRET")
	}
	if _, err := arcgis.ParseSecret(text); err != nil {
		return nil, usage("the secret can't be used: %w", err)
	}
	return arcgis.PlainText(text), nil
}

// cause is what the system says of a file, without the name.
func cause(err error) error {
	if failed := new(fs.PathError); errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

func (r *runCommand) run(ctx context.Context, a *app) exit {
	if r.To == "" || r.UndoDays < 0 {
		return exit{err: usage("--to must name a place, and --undo-days be 0 or more")}
	}
	settings, err := r.settingFlags.readFor(r.To)
	if err != nil {
		return exit{err: err}
	}
	secret, err := r.secretFlag.read(a)
	if err != nil {
		return exit{err: err}
	}
	p, err := openPlace(ctx, r.To, a.logs())
	if err != nil {
		return stopped(ctx, nil, err)
	}
	defer p.close()
	return night{app: a, place: p, settings: settings, secret: secret, undoDays: r.UndoDays, view: newView(a)}.run(ctx)
}

// A night is one run of the machine from start to end.
type night struct {
	*app
	place    *place
	settings backup.Settings
	secret   []byte
	undoDays int
	offset   time.Duration // of the machine's clock; only the demo moves it
	view     *view
}

// run runs the machine and tells how it went.
func (n night) run(ctx context.Context) exit {
	if err := n.place.alone(ctx); err != nil {
		return stopped(ctx, nil, err)
	}
	if err := n.place.probe(ctx); err != nil {
		return stopped(ctx, nil, err)
	}
	given, err := input(n.settings)
	if err != nil {
		return exit{err: err}
	}
	w := &watch{view: n.view}
	c, err := openCloud(cloudOptions{
		place: n.place, settings: n.settings, secret: n.secret, logs: n.logs(),
		clock: movedClock{offset: n.offset}, observe: w.see,
	})
	if err != nil {
		return exit{err: err}
	}
	defer c.close()
	n.view.start()
	stop := n.follow(ctx)
	ended := c.engine.Run(ctx, rand.Text(), given)
	stop()
	if ended.Status == states.Aborted {
		return n.interrupted(ctx, c, w, ended, given)
	}
	answer, known := w.finished()
	n.view.end()
	if known {
		if err := n.lifecycle(ctx); err != nil {
			n.view.note("expired backups could not all be deleted: %v", err)
		}
	}
	return n.tell(ended, answer, known)
}

// tell turns an execution's end into the program's.
func (n night) tell(ended states.Result, answer finish.Answer, known bool) exit {
	if !known || ended.State == "FinishFailed" {
		what := "the run failed and left no log"
		if known {
			what = "the backup is written, but its last step failed"
		}
		said, _ := entry.Said(backup.Caught{Error: ended.Error, Cause: ended.Cause})
		return exit{code: exitFailed, err: errors.Join(fmt.Errorf("%s: %s", what, said), n.place.writable())}
	}
	n.view.summary(n.place, answer)
	e := exit{document: answer.Result}
	switch answer.Result.Status {
	case backup.RunComplete:
	case backup.RunPartial:
		e.code, e.err = exitSome, fmt.Errorf("%s", answer.Cause)
	default:
		e.code, e.err = exitFailed, fmt.Errorf("%s", answer.Cause)
	}
	return e
}

// patience is how long an interrupted run cleans up before it gives up.
const patience = time.Minute

// interrupted does what the machine can't once a person stopped it: it closes
// the items under way, which deletes their exports from the portal, and
// writes the log.
func (n night) interrupted(ctx context.Context, c *cloud, w *watch, ended states.Result, given json.RawMessage) exit {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	n.view.note("interrupted: deleting temporary exports and writing the log (once more to end at once)")
	caught := backup.Caught{Error: finish.Interrupted, Cause: "interrupted"}
	now := time.Now().Add(n.offset).UTC()
	closing{c, caught, now, n.settings.MaxRetries}.items(ctx, ended.Open)
	payload, err := json.Marshal(map[string]any{
		"input": given, "execution": ended.ID, "started": ended.Started, "error": caught, "repeat": 0, "now": now,
	})
	if err != nil {
		return exit{code: exitInterrupted, err: err}
	}
	var answer finish.Answer
	text, err := tasks{c.host}.Invoke(ctx, "finish", payload)
	if err == nil {
		err = json.Unmarshal(text, &answer)
	}
	n.view.end()
	if err != nil {
		return exit{code: exitInterrupted, err: fault.As(fault.Of(err), fmt.Errorf("interrupted, and the log could not be written: %w", err))}
	}
	said := "interrupted; the log is "
	if answer.Result.Status != backup.RunFailed {
		said = fmt.Sprintf("interrupted, but the backup was %s by then; the log is ", answer.Result.Status)
	}
	return exit{code: exitInterrupted, document: answer.Result, err: errors.New(said + n.place.where(answer.Result.Log))}
}
