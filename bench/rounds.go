package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime"
)

// A standing is what a mover's rounds at one load came to.
type standing struct {
	mover  mover
	load   load
	rounds []cost
}

// rounds measures all movers that take a load, one after the other within each
// round and the first one another in each, so that a slow minute of the
// machine meets them all.
func rounds(ctx context.Context, e *ends, movers []mover, l load, n int) ([]standing, error) {
	var all []standing
	for _, m := range movers {
		if m.takes(l) {
			all = append(all, standing{mover: m, load: l})
		}
	}
	for round := range n {
		for i := range all {
			s := &all[(i+round)%len(all)]
			c, err := move(ctx, e, s.mover, l, now())
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", l.name, s.mover.name, err)
			}
			s.rounds = append(s.rounds, c)
			fmt.Fprintf(os.Stderr, "%s, round %d: %s: %.0f MB/s\n", l.name, round+1, s.mover.name, l.bytes()/c.seconds/1e6)
		}
	}
	return all, nil
}

// of takes one figure of each round.
func (s standing) of(figure func(cost) float64) []float64 {
	var values []float64
	for _, c := range s.rounds {
		values = append(values, figure(c))
	}
	return values
}

func seconds(c cost) float64 { return c.seconds }
func cpu(c cost) float64     { return c.cpu }
func peak(c cost) float64    { return c.peak }
func beside(c cost) float64  { return c.ends }

// busy is the share of all processors' time that the mover and both ends used.
func busy(c cost) float64 { return (c.cpu + c.ends) / c.seconds / float64(runtime.NumCPU()) }

// times is how many times as fast as other it was: the median of the ratios
// within the rounds.
func (s standing) times(other standing) float64 {
	var ratios []float64
	for n, c := range s.rounds {
		ratios = append(ratios, other.rounds[n].seconds/c.seconds)
	}
	return median(ratios)
}

// standings are a section of the report: one table for each load. The first
// mover is ours. Figures are noted under the name, or that of each load's kind.
func standings(ctx context.Context, f figures, name string, e *ends, movers []mover, loads []load, n int) (string, error) {
	text := ""
	for _, l := range loads {
		all, err := rounds(ctx, e, movers, l, n)
		if err != nil {
			return "", err
		}
		f.standing(cmp.Or(name, l.kind()), all)
		rows := [][]string{{"mover", "version", "MB/s", "mapkeep is so many times as fast", "CPU, s/GB", "of it and both ends", "processors busy", "peak memory, MB"}}
		for _, s := range all {
			rows = append(rows, []string{s.mover.name, s.mover.version, fmt.Sprintf("%.0f", l.bytes()/median(s.of(seconds))/1e6),
				fmt.Sprintf("%.2f", all[0].times(s)), fmt.Sprintf("%.2f", median(s.of(cpu))/l.bytes()*1e9),
				fmt.Sprintf("%.2f", median(s.of(func(c cost) float64 { return c.cpu + c.ends }))/l.bytes()*1e9),
				fmt.Sprintf("%.0f %%", 100*median(s.of(busy))), fmt.Sprintf("%.0f", median(s.of(peak)))})
		}
		text += fmt.Sprintf("### %s, %d at a time\n\n%s\n", l.name, l.streams, table(rows))
	}
	return text, nil
}
