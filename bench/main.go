// Command bench measures Mapkeep beside the tools that people use today, and
// writes what it measured to bench/RESULTS.md, with the machine it ran on. It
// asserts nothing but that all bytes arrived: a reader judges the ratios. It
// fails when a peer is missing.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

// A plan is how much is measured.
type plan struct {
	rounds      int
	items       int
	concurrency []string
	loads       []load
	memory      []int64 // sizes of file at which memory is measured
	large       load    // the one that is killed and disturbed
	sections    []string
	results     string // file; "" for none
	found       figures
}

var full = plan{loads: loads, memory: []int64{1 << 30, 4 << 30, 64 << 30}, large: loads[0], results: filepath.Join("bench", "RESULTS.md")}

// smoke is the plan that shows in two minutes that everything still runs.
var smoke = plan{
	loads:  []load{{"64 MiB x 1", 64 << 20, 1, 4}, {"4 MiB x 8", 4 << 20, 8, 4}, {"64 KiB x 100", 64 << 10, 100, 32}},
	memory: []int64{32 << 20, 256 << 20}, large: load{"256 MiB x 1", 256 << 20, 1, 4},
}

func main() {
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "__") {
		if err := child(os.Args[1], os.Args[2:]); err != nil {
			fmt.Fprintf(os.Stderr, "bench %s: %v\n", os.Args[1], err)
			os.Exit(1)
		}
		return
	}
	rounds := flag.Int("rounds", 5, "rounds of each measurement; the median is shown")
	items := flag.Int("items", 1000, "items of the whole run")
	atOnce := flag.String("concurrency", "10,50", "max_concurrency of the whole runs, comma-separated")
	only := flag.String("only", "", "sections to measure, comma-separated: "+strings.Join(names(), ", ")+"; with it RESULTS.md is not written")
	quick := flag.Bool("smoke", false, "small loads, one round, and RESULTS.md is not written")
	flag.Parse()
	p := full
	if *quick {
		p, *rounds, *items, *atOnce = smoke, 1, 50, "10"
	}
	p.rounds, p.items, p.concurrency = *rounds, *items, strings.Split(*atOnce, ",")
	if *only != "" {
		p.sections, p.results = strings.Split(*only, ","), ""
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := bench(ctx, p); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench measures section by section and writes the report.
func bench(ctx context.Context, p plan) error {
	dir, err := os.MkdirTemp("", "mapkeep-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p.found = figures{}
	text := ""
	for _, s := range sections {
		if len(p.sections) > 0 && !slices.Contains(p.sections, s.name) {
			continue
		}
		measured, err := s.measure(ctx, p, dir)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		text += "\n## " + s.title + "\n\n" + strings.TrimSpace(s.about) + "\n\n" + measured
	}
	text = heading() + p.found.asked() + text
	fmt.Print(text)
	if p.results == "" {
		return nil
	}
	return os.WriteFile(p.results, []byte(text), 0o644)
}

func names() []string {
	var all []string
	for _, s := range sections {
		all = append(all, s.name)
	}
	return all
}
