package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// What a place is, for a run to come.
const (
	stateReady = "ready" // it was probed and has what a backup needs
	stateNew   = "new"   // a folder that is not there yet, or is empty: the first run makes a store of it
	stateBad   = "bad"   // it can't be used; error says why
)

// A checkedPlace is what --to names.
type checkedPlace struct {
	Place string `json:"place"`
	State string `json:"state"`
}

// checkPlace probes a bucket, or a folder that is a store already, as a run
// does: with two small working files. In any other folder nothing is made.
func checkPlace(ctx context.Context, a *app, to string) (*checkedPlace, error) {
	state, err := stateReady, error(nil)
	if local(to) && !isStore(to) {
		state, err = stateNew, couldBeStore(to)
	} else {
		err = probe(ctx, a, to)
	}
	if err != nil {
		return &checkedPlace{to, stateBad}, err
	}
	switch state {
	case stateReady:
		a.say("place:        %s has what a backup needs", to)
	default:
		a.say("place:        %s has no backups yet: the first run makes a store of it", to)
	}
	return &checkedPlace{to, state}, nil
}

func local(place string) bool { return !strings.HasPrefix(place, "s3://") }

func probe(ctx context.Context, a *app, to string) error {
	p, err := openPlace(ctx, to, a.logs())
	if err != nil {
		return err
	}
	defer p.close()
	return p.probe(ctx)
}

// couldBeStore reports why a run could not make a store of a folder: the
// nearest one that is there has to be a folder.
func couldBeStore(dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	info, err := os.Stat(abs)
	for errors.Is(err, fs.ErrNotExist) && filepath.Dir(abs) != abs {
		abs = filepath.Dir(abs)
		info, err = os.Stat(abs)
	}
	if err != nil {
		return fault.As(fault.StoreRefused, fmt.Errorf("look at %s: %w", dir, err))
	}
	if !info.IsDir() {
		return fault.New(fault.StoreRefused, fmt.Sprintf("%s can't be a folder: %s is a file", dir, abs))
	}
	return nil
}

// joined is both errors in one sentence.
func joined(a, b error) error {
	if a == nil || b == nil {
		return errors.Join(a, b)
	}
	return fmt.Errorf("%w; and %w", a, b)
}
