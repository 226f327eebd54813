package main

import (
	"context"
	"encoding/json"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

type simulateCommand struct {
	Listen   string `default:"127.0.0.1:0" help:"Loopback address of the portal." placeholder:"127.0.0.1:PORT"`
	Scenario string `default:"demo" help:"What it holds: ${scenarios}." placeholder:"NAME"`
}

// simulated is what a client needs to know of the portal.
type simulated struct {
	Portal        string          `json:"portal"`
	Secret        json.RawMessage `json:"secret"`
	TrustedHosts  []string        `json:"trusted_hosts"`
	BackupTags    []string        `json:"backup_tags"`
	DirectoryTags []string        `json:"directory_tags"`
	Says          string          `json:"says"`
}

// run serves until it is interrupted, which is its good end.
func (s *simulateCommand) run(ctx context.Context, a *app) exit {
	scenario, err := arcgistest.Named(s.Scenario)
	if err != nil {
		return exit{err: usage("%w", err)}
	}
	portal, err := arcgistest.Open(scenario, arcgistest.Listen(s.Listen))
	if err != nil {
		return exit{err: usage("listen on %s: %w", s.Listen, err)}
	}
	defer portal.Close()
	facts := simulated{portal.URL, portal.Secret(), portal.TrustedHosts(), scenario.BackupTags, scenario.DirectoryTags, scenario.Says}
	text, err := json.MarshalIndent(facts, "", "  ")
	if err != nil {
		return exit{err: err}
	}
	if a.json {
		text, _ = json.Marshal(facts)
	}
	_, _ = a.out.Write(append(text, '\n'))
	<-ctx.Done()
	return exit{silent: true}
}
