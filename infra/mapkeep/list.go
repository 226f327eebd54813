package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
	"github.com/mapkeep/mapkeep/internal/ledger"
)

type listCommand struct{ fromFlags }

// listed is the command's document.
type listed struct {
	Backups []listedBackup `json:"backups"` // the oldest first
}

// A listedBackup is what its manifest tells of a backup.
type listedBackup struct {
	Folder    string     `json:"folder"`
	Run       string     `json:"run"`
	Started   *time.Time `json:"started"`
	Finished  *time.Time `json:"finished"`
	Status    string     `json:"status"`    // complete, partial, or unreadable: then error says why and the rest is empty
	Items     int        `json:"items"`     // failed ones too
	Failed    int        `json:"failed"`    // of them
	Bytes     int64      `json:"bytes"`     // of all item objects
	Retention string     `json:"retention"` // kept, kept by hand, expiring, expired
	Error     string     `json:"error,omitempty"`
}

// run lists the backups. A folder in which nothing lies is an empty place.
func (l *listCommand) run(ctx context.Context, a *app) exit {
	answer := listed{Backups: []listedBackup{}}
	p, err := l.open(ctx, a)
	if errors.Is(err, errEmpty) {
		a.say("no backups in %s: %v", l.From, err)
		return exit{document: answer}
	}
	if err != nil {
		return stopped(ctx, answer, err)
	}
	defer p.close()
	shelves, err := l.shelves(ctx, p)
	if err != nil {
		return stopped(ctx, answer, err)
	}
	backups, unfinished := split(shelves)
	if answer.Backups, err = summarize(ctx, p, backups); err != nil {
		return stopped(ctx, listed{Backups: []listedBackup{}}, err)
	}
	if !a.json {
		answer.show(a, l.From)
		for _, s := range unfinished {
			a.say("%s is no backup: its run has failed or is still at work", s.name)
		}
	}
	return answer.exit()
}

// split parts backups from folders without manifest.
func split(shelves []shelf) (backups, unfinished []shelf) {
	for _, s := range shelves {
		if s.backup {
			backups = append(backups, s)
		} else {
			unfinished = append(unfinished, s)
		}
	}
	return backups, unfinished
}

// summarize reads the manifests of all backups.
func summarize(ctx context.Context, p *place, backups []shelf) ([]listedBackup, error) {
	lines := make([]listedBackup, len(backups))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(looks)
	for i, s := range backups {
		group.Go(func() (err error) {
			lines[i], err = summary(ctx, p, s)
			return err
		})
	}
	return lines, group.Wait()
}

// summary counts what a manifest names.
func summary(ctx context.Context, p *place, s shelf) (listedBackup, error) {
	line := listedBackup{Folder: s.name, Status: s.header.Status, Run: s.header.Run, Retention: kept(s.mark)}
	err := s.damaged
	if err == nil {
		line.Started, line.Finished = &s.header.Started, &s.header.Finished
		err = count(ctx, p, s, &line)
	}
	if broken(ctx, err) {
		return listedBackup{Folder: s.name, Status: "unreadable", Retention: kept(s.mark), Error: err.Error()}, nil
	}
	return line, err
}

func count(ctx context.Context, p *place, s shelf, line *listedBackup) error {
	body, _, err := p.Store.Reader(ctx, s.manifest())
	if err != nil {
		return err
	}
	defer body.Close()
	_, err = catalog.ReadManifest(body, catalog.Visitor{
		Item: func(_ string, i catalog.Item) error {
			line.Items++
			if !i.Success {
				line.Failed++
			}
			return nil
		},
		File: func(f backup.File, _, _ int64) error {
			if f.Item != nil {
				line.Bytes += f.Size
			}
			return nil
		},
	})
	return err
}

// kept says in words what a manifest's mark means.
func kept(mark string) string {
	switch mark {
	case "":
		return "kept"
	case ledger.Expiring, ledger.Expired:
		return mark
	}
	return "kept by hand"
}

// show prints a table, the newest backup last, where the eye is.
func (l listed) show(a *app, from string) {
	if len(l.Backups) == 0 {
		a.say("no backups in %s", from)
		return
	}
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FOLDER\tSTARTED (UTC)\tSTATUS\tITEMS\tFAILED\tSIZE\tRETENTION")
	for _, b := range l.Backups {
		if b.Started == nil {
			fmt.Fprintf(table, "%s\t\t%s\t\t\t\t%s\n", b.Folder, b.Status, b.Retention)
			continue
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%s\t%s\n", b.Folder, b.Started.Format("2006-01-02 15:04:05"),
			b.Status, b.Items, b.Failed, amount(b.Bytes), b.Retention)
	}
	_ = table.Flush()
}

// exit is well unless a manifest can't be understood.
func (l listed) exit() exit {
	e := exit{document: l}
	for _, b := range l.Backups {
		if b.Error != "" {
			e.code, e.err = exitSome, errors.Join(e.err, fmt.Errorf("%s: %s", b.Folder, b.Error))
		}
	}
	return e
}
