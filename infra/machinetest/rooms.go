package machinetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/mapkeep/mapkeep/infra"
	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/backup/check"
	"github.com/mapkeep/mapkeep/internal/backup/close"
	"github.com/mapkeep/mapkeep/internal/backup/download"
	"github.com/mapkeep/mapkeep/internal/backup/export"
	"github.com/mapkeep/mapkeep/internal/backup/finish"
	"github.com/mapkeep/mapkeep/internal/backup/list"
	"github.com/mapkeep/mapkeep/internal/entry"
	"github.com/mapkeep/mapkeep/internal/ledger"
	"github.com/mapkeep/mapkeep/internal/login"
)

// rooms are the functions of a stack. They stay warm from run to run, as
// Lambdas do, until the stack is made anew with other settings.
type rooms struct {
	secret    func() []byte
	base      string // the settings that the stack was made with
	directory string // its backup_directory
	doors     map[string]lambda.Handler
	timeouts  map[string]time.Duration
}

// open opens the rooms as their processes do: each has a ledger and a login
// of its own.
func (r *rooms) open(b *bucket, base backup.Settings) error {
	key := fmt.Sprintf("%+v", base)
	if r.doors != nil && r.base == key {
		return nil
	}
	stack, err := infra.Template()
	if err != nil {
		return err
	}
	r.timeouts = map[string]time.Duration{}
	for name, function := range stack.Functions {
		r.timeouts[name] = function.Timeout
	}
	tools := func(role string) (ledger.Ledger, *login.Login) {
		l := ledger.New(b.as(role, base.BackupDirectory), "")
		return l, &login.Login{Ledger: l, Secret: func(context.Context) (arcgis.Secret, error) {
			Need{role, "secret", "PortalSecret", base.BackupDirectory != ""}.noted("")
			return arcgis.ParseSecret(r.secret())
		}}
	}
	r.base, r.directory, r.doors = key, base.BackupDirectory, map[string]lambda.Handler{
		"list": door("list", func() entry.Room[backup.RunCall, backup.Listed] {
			l, p := tools("List")
			return list.Room{Ledger: l, Portals: p, Base: base}.Run
		}),
		"export": door("export", func() entry.Room[backup.Call, backup.Docket] {
			l, p := tools("Export")
			return export.Room{Ledger: l, Portals: p}.Run
		}),
		"check": door("check", func() entry.Room[backup.Call, backup.Docket] {
			l, p := tools("Check")
			return check.Room{Ledger: l, Portals: p}.Run
		}),
		"download": door("download", func() entry.Room[backup.Call, backup.Docket] {
			l, p := tools("Download")
			return download.Room{Ledger: l, Portals: p}.Run
		}),
		"close": door("close", func() entry.Room[backup.Call, backup.Docket] {
			l, p := tools("Close")
			return close.Room{Ledger: l, Portals: p}.Run
		}),
		"finish": door("finish", func() entry.Room[backup.RunCall, finish.Answer] {
			l, _ := tools("Finish")
			return finish.Room{Ledger: l, Base: base}.Run
		}),
	}
	return nil
}

func door[In backup.Call | backup.RunCall, Out any](name string, room func() entry.Room[In, Out]) lambda.Handler {
	return entry.New(name, func(context.Context) (entry.Room[In, Out], error) { return room(), nil })
}

// functions is the machine's view of the rooms: what goes wrong on purpose
// happens here.
type functions struct {
	*Night
	run *run
}

// Invoke calls a function as Lambda does, with the time that the template
// gives it.
func (f functions) Invoke(ctx context.Context, function string, payload json.RawMessage) (json.RawMessage, error) {
	call := struct {
		Docket struct{ Item string }
	}{}
	if err := json.Unmarshal(payload, &call); err != nil {
		return nil, err
	}
	Need{"Backup", "invoke", resource(function), f.rooms.directory != ""}.noted("")
	n := f.run.count(function, call.Docket.Item)
	if function == "list" || function == "finish" {
		f.stamp(f.Now())
	}
	before, after, hurry := f.find(function, call.Docket.Item, n)
	if before != nil {
		return nil, before
	}
	ctx, stop := context.WithTimeout(ctx, min(f.rooms.timeouts[function], hurry))
	defer stop()
	answer, err := f.rooms.doors[function].Invoke(ctx, payload)
	var named messages.InvokeResponse_Error
	switch {
	case errors.As(err, &named):
		return nil, states.FunctionError(named.Type, named.Message)
	case err == nil && after != nil:
		return nil, after
	}
	return answer, err
}

// resource is the name of a function in the machine.
func resource(function string) string {
	return strings.ToUpper(function[:1]) + function[1:] + "Function"
}
