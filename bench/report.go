package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	hardware "github.com/shirou/gopsutil/v4/cpu"
)

// heading names the machine.
func heading() string {
	return fmt.Sprintf("# Measured\n\nWritten by `make bench`. %s/%s, %s, %d processors, %s of memory, %s. Medians of the rounds; MB and GB are\ndecimal, MiB and GiB binary. Memory is %s of a command and all its children, sampled ten times a second, that of a whole run once.\n",
		runtime.GOOS, runtime.GOARCH, processor(), runtime.NumCPU(), memory(), runtime.Version(), counted)
}

// processor is the model, as the system names it.
func processor() string {
	all, err := hardware.Info()
	if err != nil || len(all) == 0 || all[0].ModelName == "" {
		return "a processor without a name"
	}
	return all[0].ModelName
}

// table is a table of Markdown, its first row the heading. A pipe of a shell
// would end its cell.
func table(rows [][]string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 1, ' ', tabwriter.Debug)
	for n, row := range rows {
		fmt.Fprintf(w, "| %s\t\n", strings.ReplaceAll(strings.Join(row, "\t "), "|", `\|`))
		if n == 0 {
			fmt.Fprintf(w, "|%s\n", strings.Repeat("--\t", len(row)))
		}
	}
	w.Flush()
	return b.String()
}

// median is the middle one.
func median(values []float64) float64 {
	values = slices.Clone(values)
	slices.Sort(values)
	return values[len(values)/2]
}
