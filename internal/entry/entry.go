// Package entry is the one door between Lambda and the rooms: it decodes
// strictly, logs start and end, gives errors the names that the machine
// matches, and encodes. It decides nothing about backups. Lambda and the
// program on one computer call the same Handler, bytes in and bytes out.
package entry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// A Room is one step of the machine.
type Room[In, Out any] func(context.Context, In) (Out, error)

// Open builds a room's tools from the environment; it is asked once in a
// process, at its first call, and again only after it failed.
type Open[In, Out any] func(context.Context) (Room[In, Out], error)

// Serve serves one room until the process ends.
func Serve[In backup.Call | backup.RunCall, Out any](room string, open Open[In, Out]) {
	slog.SetDefault(slog.New(lambdacontext.NewLogHandler()))
	lambda.Start(New(room, open))
}

// New makes the handler of a room.
func New[In backup.Call | backup.RunCall, Out any](room string, open Open[In, Out]) lambda.Handler {
	return &door[In, Out]{name: room, open: open}
}

type door[In backup.Call | backup.RunCall, Out any] struct {
	name string
	open Open[In, Out]

	mu   sync.Mutex
	room Room[In, Out]
}

// Invoke takes one call through the door.
func (d *door[In, Out]) Invoke(ctx context.Context, payload []byte) (answer []byte, err error) {
	arrived := time.Now()
	var in In
	if err := strictly(payload, &in); err != nil {
		return nil, named(fmt.Errorf("%s: read its input: %w", d.name, err), 0)
	}
	moment, facts := known(&in)
	moment.Arrived = arrived
	log := slog.With(append(facts, "room", d.name)...)
	log.InfoContext(ctx, "start", "repeat", moment.Repeat)
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r, moment.Repeat)
		}
		if err != nil {
			log.ErrorContext(ctx, "failed", "seconds", time.Since(arrived).Seconds(), "error", err.Error())
			return
		}
		log.InfoContext(ctx, "done", "seconds", time.Since(arrived).Seconds())
	}()
	room, err := d.opened(ctx)
	if err != nil {
		return nil, named(fmt.Errorf("%s: %w", d.name, err), moment.Repeat)
	}
	out, err := room(ctx, in)
	if err != nil {
		return nil, named(err, moment.Repeat)
	}
	return json.Marshal(out)
}

// opened opens the room at the first call.
func (d *door[In, Out]) opened(ctx context.Context) (Room[In, Out], error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.room != nil {
		return d.room, nil
	}
	room, err := d.open(ctx)
	if err == nil {
		d.room = room
	}
	return room, err
}

// strictly decodes JSON and refuses fields that nobody knows.
func strictly(payload []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(payload))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

// known gives the call's clock, and what its log lines carry.
func known[In backup.Call | backup.RunCall](in *In) (*backup.Moment, []any) {
	switch call := any(in).(type) {
	case *backup.Call:
		return &call.Moment, []any{"run", call.Docket.Run, "item", call.Docket.Item}
	case *backup.RunCall:
		return &call.Moment, []any{"execution", call.Execution}
	}
	return &backup.Moment{}, nil
}
