// Command table prints one table of what every judge said, out of the folder
// of verdicts that it is given, and the differences that are explained below
// it. It exits 1 when a judge that it is told to expect is missing, and when
// one objected or never bit.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"github.com/mapkeep/mapkeep/infra/judge"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: table FOLDER JUDGE...")
		os.Exit(2)
	}
	judges := os.Args[2:]
	verdicts, err := read(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
	show(os.Stdout, judges, verdicts)
	if faults := missing(judges, verdicts); len(faults) > 0 {
		for _, f := range faults {
			fmt.Fprintln(os.Stderr, "table:", f)
		}
		os.Exit(1)
	}
}

// read adds up the verdicts of each judge.
func read(dir string) (map[string]*judge.Verdict, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	sum := map[string]*judge.Verdict{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var v judge.Verdict
		if err := json.Unmarshal(data, &v); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		s := sum[v.Judge]
		if s == nil {
			s = &judge.Verdict{Judge: v.Judge, Version: v.Version}
			sum[v.Judge] = s
		}
		s.Cases, s.Passed = s.Cases+v.Cases, s.Passed+v.Passed
		s.Explained, s.Bites = append(s.Explained, v.Explained...), append(s.Bites, v.Bites...)
	}
	return sum, nil
}

// show prints the table, and what it can't hold below it.
func show(w io.Writer, judges []string, verdicts map[string]*judge.Verdict) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "judge\tversion\tcases\tpassed\texplained\tunexplained\tfaults found")
	for _, name := range order(judges, verdicts) {
		v := verdicts[name]
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%d\n", v.Judge, v.Version, v.Cases, v.Passed, len(v.Explained), v.Cases-v.Passed, len(v.Bites))
	}
	table.Flush()
	fmt.Fprintln(w, "\ndifferences explained:")
	for _, name := range order(judges, verdicts) {
		for _, e := range verdicts[name].Explained {
			fmt.Fprintf(w, "  %s: %s: %s\n", name, e.Case, e.Reason)
		}
	}
}

// order is the order of judges, and then those it does not name.
func order(judges []string, verdicts map[string]*judge.Verdict) []string {
	var names []string
	for _, name := range judges {
		if verdicts[name] != nil {
			names = append(names, name)
		}
	}
	var others []string
	for name := range verdicts {
		if !slices.Contains(judges, name) {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	return append(names, others...)
}

// missing says which judges did not speak, or gave no proof that they look.
func missing(judges []string, verdicts map[string]*judge.Verdict) (faults []string) {
	for _, name := range judges {
		if verdicts[name] == nil {
			faults = append(faults, name+" did not speak")
		}
	}
	for _, name := range order(judges, verdicts) {
		switch v := verdicts[name]; {
		case !slices.Contains(judges, name):
			faults = append(faults, name+" spoke, and is not in the list of judges")
		case v.Cases == 0 || v.Passed != v.Cases:
			faults = append(faults, fmt.Sprintf("%s passed %d of %d cases", name, v.Passed, v.Cases))
		case len(v.Bites) == 0:
			faults = append(faults, name+" found no fault made on purpose")
		}
	}
	return faults
}
