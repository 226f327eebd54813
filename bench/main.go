// Command bench measures Mapkeep and writes what it measured to
// bench/RESULTS.md, with the machine it ran on. It asserts nothing: a reader
// judges the ratios. It reads /proc, so it needs Linux.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

func main() {
	rounds := flag.Int("rounds", 3, "rounds of each measurement; the median is shown")
	items := flag.Int("items", 1000, "items of the whole run")
	atOnce := flag.String("concurrency", "10,50", "max_concurrency of the whole runs, comma-separated")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := bench(ctx, *rounds, *items, strings.Split(*atOnce, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench builds the program, measures, and writes the table.
func bench(ctx context.Context, rounds, items int, atOnce []string) error {
	dir, err := os.MkdirTemp("", "mapkeep-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "mapkeep")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "./infra/mapkeep")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	var results []result
	for _, text := range atOnce {
		concurrency, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("-concurrency %q: %w", text, err)
		}
		r, err := wholeRun(ctx, program, dir, items, concurrency, rounds)
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	text := report(results)
	fmt.Print(text)
	return os.WriteFile(filepath.Join("bench", "RESULTS.md"), []byte(text), 0o644)
}

// report is the table, with the machine's description.
func report(results []result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Measured\n\nWritten by `make bench`. %s, %d processors, %s of memory, %s.\n\n", runtime.GOOS+"/"+runtime.GOARCH,
		runtime.NumCPU(), memory(), runtime.Version())
	b.WriteString("## A whole run\n\nEvery item is a layer whose export takes the portal one second. The bound is items x 1 s / max_concurrency:\n")
	b.WriteString("no program can be faster. Portal, local store and functions share the processors. Peak memory is the PSS of\n")
	b.WriteString("the program and all its children, sampled ten times a second; medians of the rounds.\n\n")
	w := tabwriter.NewWriter(&b, 0, 0, 1, ' ', tabwriter.Debug)
	fmt.Fprintln(w, "| items\t max_concurrency\t bound, s\t run, s\t ratio\t CPU, s\t peak PSS, MB\t")
	fmt.Fprintln(w, "|--\t--\t--\t--\t--\t--\t--\t")
	for _, r := range results {
		fmt.Fprintf(w, "| %d\t %d\t %.0f\t %.1f\t %.2f\t %.1f\t %.0f\t\n", r.items, r.concurrency, r.bound(), r.seconds, r.seconds/r.bound(), r.cpu, r.peak)
	}
	w.Flush()
	return b.String()
}

// median is the middle one.
func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
