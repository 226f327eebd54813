//go:build localstack

package runs_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// words name what no two runs have in common: ids of runs, executions and
// exports, times, addresses, the bucket, and the checksums of documents that
// hold any of these.
type words struct {
	items  map[string]bool // ids of the portal's own
	bucket string
	logs   map[string]bool // sizes of the logs, which hold times
	names  *strings.Replacer
}

// began is before all runs: what is younger is a time of theirs.
var began = time.Now().Add(-time.Minute)

func newWords(p *arcgistest.Portal, place, bucket string, objects []object) *words {
	w := &words{items: map[string]bool{}, bucket: bucket, logs: map[string]bool{}}
	for _, item := range p.Items() {
		w.items[item.ID] = !item.Export
	}
	pairs := []string{
		place, "<place>", p.URL, "<portal>", p.FilesURL, "<files>", p.ServicesURL, "<services>", p.StrangerURL, "<stranger>",
		host(p.FilesURL), "<files' host>", host(p.ServicesURL), "<services' host>",
		time.Now().UTC().Format(time.DateOnly), "<day>", began.UTC().Format(time.DateOnly), "<day>",
	}
	for n, run := range runs(objects) {
		pairs = append(pairs, run, fmt.Sprintf("<run %d>", n+1))
	}
	w.names = strings.NewReplacer(pairs...)
	for _, o := range objects {
		if o.ours() {
			w.logs[strconv.Itoa(len(o.body))] = true
		}
		if o.ours() || o.description() {
			pairs = append(pairs, o.crc, "<crc of "+w.plain(o.key)+">")
			for n, sum := range o.chunks() {
				pairs = append(pairs, sum, fmt.Sprintf("<sha256 %d of %s>", n, w.plain(o.key)))
			}
		}
	}
	w.names = strings.NewReplacer(pairs...)
	return w
}

// host is the host of an address.
func host(address string) string { return strings.TrimPrefix(address, "http://") }

// runs are the ids of the runs, in their order.
func runs(objects []object) []string {
	var out []string
	for _, o := range objects {
		if run := runID.FindString(o.key); run != "" {
			out = append(out, run)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var (
	runID     = regexp.MustCompile(`\d{8}T\d{6}Z-[0-9a-f]{8}`)
	moment    = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`)
	millis    = regexp.MustCompile(`\b\d{13}\b`)
	execution = regexp.MustCompile(`arn:aws:states:[^:]*:\d{12}:execution:[^:/]+:[0-9A-Za-z-]+`)
	child     = regexp.MustCompile(`arn:aws:states:[^:]*:\d{12}:execution:[^:/]+/Items:[0-9A-Za-z-]+`)
	mapRun    = regexp.MustCompile(`arn:aws:states:[^:]*:\d{12}:mapRun:[^:/]+/Items:[0-9A-Za-z-]+`)
	uuid      = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	hex32     = regexp.MustCompile(`\b[0-9a-f]{32}\b`)
	ownTag    = regexp.MustCompile(`mapkeep-[0-9a-f]{12}\b`)
)

// plain names what is in a text.
func (w *words) plain(text string) string {
	if text == w.bucket {
		return "<bucket>"
	}
	text = moment.ReplaceAllStringFunc(text, func(s string) string {
		if t, err := time.Parse(time.RFC3339Nano, s); err != nil || t.Before(began) {
			return s
		}
		return "<time>"
	})
	text = millis.ReplaceAllStringFunc(text, func(s string) string {
		if ms, err := strconv.ParseInt(s, 10, 64); err != nil || time.UnixMilli(ms).Before(began) {
			return s
		}
		return "<time>"
	})
	text = w.names.Replace(text)
	text = child.ReplaceAllString(text, "<a child's execution>")
	text = execution.ReplaceAllString(text, "<execution>")
	text = mapRun.ReplaceAllString(text, "<map run>")
	text = uuid.ReplaceAllString(text, "<uuid>")
	text = ownTag.ReplaceAllString(text, "<the bucket's tag>")
	return hex32.ReplaceAllStringFunc(text, func(id string) string {
		if w.items[id] {
			return id
		}
		return "<export>"
	})
}

// measured are numbers that no two runs have in common, if they are not 0:
// how long something took, and where something stands in an older manifest.
var measured = regexp.MustCompile(`\.(seconds|seconds \.export|seconds \.download|spent|wait|at)$`)

// logSize is where a manifest says it: the one file that is no item's.
var logSize = regexp.MustCompile(`/manifest\.json \.files \[[^/]+\] \.size$`)

// number says a number, a truth value or null.
func (w *words) number(about, text string) string {
	if measured.MatchString(about) && text != "0" {
		return "<number>"
	}
	if logSize.MatchString(about) && w.logs[text] {
		return "<size of a log>"
	}
	return text
}

// index says which element of a list it is: the one of a key or an item, where
// it has one. The order of items goes by how long they took the last time.
func (w *words) index(n int, element any) string {
	fields, _ := element.(map[string]any)
	docket, _ := fields["docket"].(map[string]any)
	for _, name := range []any{fields["key"], docket["item"]} {
		if name, ok := name.(string); ok {
			return w.plain(name)
		}
	}
	return strconv.Itoa(n)
}
