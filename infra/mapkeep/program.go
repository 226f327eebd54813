package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// commandLine is everything that can be written behind `mapkeep`.
type commandLine struct {
	JSON    bool `name:"json" help:"Print one JSON document on standard output and nothing else there."`
	Verbose bool `help:"Print what the functions log on standard error."`

	Demo     demoCommand     `cmd:"" help:"Play the whole system against a simulated portal."`
	Run      runCommand      `cmd:"" help:"Back up the tagged items of a portal."`
	Check    checkCommand    `cmd:"" help:"Sign in and say what a run would find; nothing is changed."`
	List     listCommand     `cmd:"" help:"List the backups in a place."`
	Verify   verifyCommand   `cmd:"" help:"Read backups again and compare them with their manifests."`
	Get      getCommand      `cmd:"" help:"Bring a backup, or items of it, to the disk."`
	Simulate simulateCommand `cmd:"" help:"Serve the simulated portal alone."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
	Help     helpCommand     `cmd:"" help:"Explain a command."`
}

// A usageError is wrong usage or settings; nothing was touched.
type usageError struct{ error }

// Unwrap gives what was wrong.
func (e usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// An exit is how a command ended where that is not told by an error alone:
// the code, and for --json the document.
type exit struct {
	code     int
	document any
	silent   bool // it has printed all there is
	err      error
}

// An app is what commands work with.
type app struct {
	streams
	json    bool
	verbose bool
	parser  *kong.Kong
	page    bytes.Buffer // help, which the parser writes
}

// program runs the command that args say and gives the exit code.
func program(ctx context.Context, args []string, s streams) int {
	a := &app{streams: s, json: slices.Contains(args, "--json")}
	var line commandLine
	parser, err := kong.New(&line, kong.Name("mapkeep"), kong.Vars(texts()),
		kong.Description("Backs up ArcGIS items chosen by tag into a folder or an S3 bucket."),
		kong.ExplicitGroups([]kong.Group{{Key: "settings", Title: "Settings:"}}),
		kong.Writers(&a.page, s.err), kong.Exit(func(int) {}),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}))
	if err != nil {
		return a.end(exit{code: exitFailed, err: err})
	}
	a.parser = parser
	switch {
	case len(args) == 0:
		a.out = a.err
		a.help(nil)
		return a.end(exit{err: usage("name a command")})
	case slices.Contains(args, "--help"), slices.Contains(args, "-h"):
		return a.end(a.help(args))
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return a.end(exit{err: a.wrong(args, err)})
	}
	a.json, a.verbose = line.JSON, line.Verbose
	command := parsed.Selected().Target.Addr().Interface().(interface {
		run(context.Context, *app) exit
	})
	return a.end(command.run(ctx, a))
}

// end tells how the command ended.
func (a *app) end(e exit) int {
	var wrong usageError
	switch {
	case errors.As(e.err, &wrong):
		e.code = exitUsage
	case e.err != nil && e.code == exitWell:
		e.code = exitFailed
	}
	if a.json && !e.silent {
		a.document(e)
	} else if e.err != nil {
		fmt.Fprintf(a.err, "mapkeep: %s\n", plain(e.err.Error()))
	}
	return e.code
}

// document prints the one JSON document; a failure adds "error".
func (a *app) document(e exit) {
	fields := map[string]any{}
	text, err := json.Marshal(e.document)
	if err == nil && e.document != nil {
		_ = json.Unmarshal(text, &fields)
	}
	if e.err == nil && e.document != nil {
		_, _ = a.out.Write(append(text, '\n'))
		return
	}
	if e.err != nil {
		fields["error"] = e.err.Error()
	}
	text, _ = json.Marshal(fields)
	_, _ = a.out.Write(append(text, '\n'))
}

// say prints for people; with --json nothing.
func (a *app) say(format string, args ...any) {
	if !a.json {
		fmt.Fprintln(a.out, plain(fmt.Sprintf(format, args...)))
	}
}

// logs is where the functions' logs go.
func (a *app) logs() io.Writer {
	if a.verbose {
		return a.err
	}
	return io.Discard
}

type versionCommand struct{}

func (versionCommand) run(_ context.Context, a *app) exit {
	a.say("mapkeep %s", backup.Version)
	return exit{document: map[string]string{"version": backup.Version}}
}

type helpCommand struct {
	Command []string `arg:"" optional:"" help:"The command to explain."`
}

func (h helpCommand) run(_ context.Context, a *app) exit {
	return a.help(h.Command)
}

// wrong is what the parser found wrong with args; that there is no such
// command is said before anything else.
func (a *app) wrong(args []string, err error) error {
	first := slices.IndexFunc(args, func(s string) bool { return !strings.HasPrefix(s, "-") })
	if first >= 0 && !slices.ContainsFunc(a.parser.Model.Children, func(n *kong.Node) bool { return n.Name == args[first] }) {
		return usage("there is no command %q (see `mapkeep help`)", args[first])
	}
	return usage("%w (see `mapkeep help`)", err)
}

// help explains a command, or all of them.
func (a *app) help(args []string) exit {
	args = slices.DeleteFunc(slices.Clone(args), func(s string) bool { return s == "--help" || s == "-h" || s == "--json" })
	at, err := kong.Trace(a.parser, args)
	if err == nil && at.Error != nil && len(args) > 0 && at.Selected() == nil {
		err = at.Error
	}
	if err != nil {
		return exit{err: a.wrong(args, err)}
	}
	if err := at.PrintUsage(false); err != nil {
		return exit{err: err}
	}
	a.say("%s", strings.TrimSuffix(a.page.String(), "\n"))
	return exit{document: map[string]string{"help": a.page.String()}}
}
