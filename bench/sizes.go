package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	goruntime "runtime"
	"strings"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/backup"
)

// sizes are a section: the peak of memory of the Download function, as it is
// deployed, by the size of the file.
func sizes(ctx context.Context, p plan, dir string) (string, error) {
	program, err := bootstrap(ctx, dir, "download", goruntime.GOOS, goruntime.GOARCH)
	if err != nil {
		return "", err
	}
	e, err := startEnds(ctx, dir, faults{})
	if err != nil {
		return "", err
	}
	defer e.close()
	rows := [][]string{{"file, MiB", "MB/s", "CPU, s/GB", "memory with one file of 64 KiB, MB", "peak, MB", "over that, MB", "read from or written to disk, MB"}}
	for _, size := range p.memory {
		row, err := e.download(ctx, p.found, program, size)
		if err != nil {
			return "", fmt.Errorf("%d MiB: %w", size>>20, err)
		}
		rows = append(rows, append([]string{fmt.Sprint(size >> 20)}, row...))
	}
	return table(rows), nil
}

// download has the function bring a small file and then one of that size.
func (e *ends) download(ctx context.Context, found figures, program string, size int64) ([]string, error) {
	town := arcgistest.NewScenario()
	small, large := town.File("Small.bin", "Image").Bulk(64<<10), town.File("Large.bin", "Image").Bulk(size)
	portal, err := arcgistest.Open(town)
	if err != nil {
		return nil, err
	}
	defer portal.Close()
	front, err := e.front(portal, map[string]int64{small.ID: 64 << 10, large.ID: size})
	if err != nil {
		return nil, err
	}
	defer front.Close()
	f, err := e.function(program, portal)
	if err != nil {
		return nil, err
	}
	defer f.close()
	run := backup.Run{ID: now(), Directory: "backup", Settings: backup.Settings{
		Portal: front.URL, TrustedHosts: []string{strings.TrimPrefix(front.URL, "http://")}, BackupFileSuffix: "_backup_", MaxRetries: 5}}
	if err := e.keep(ctx, ".mapkeep/runs/"+run.ID+"/run.json", run); err != nil {
		return nil, err
	}
	idle, err := f.bring(ctx, run, small.ID, "Small.bin")
	if err != nil {
		return nil, err
	}
	busy, err := f.bring(ctx, run, large.ID, "Large.bin")
	if err != nil {
		return nil, err
	}
	found.worst("memory", busy.peak-idle.peak)
	found.worst("disk", busy.disk-idle.disk)
	gb := float64(size) / 1e9
	return []string{fmt.Sprintf("%.0f", gb*1000/busy.seconds), fmt.Sprintf("%.2f", busy.cpu/gb), fmt.Sprintf("%.1f", idle.peak),
		fmt.Sprintf("%.1f", busy.peak), fmt.Sprintf("%.1f", busy.peak-idle.peak), tenths(busy.disk - idle.disk)}, nil
}

// front is the portal as it is reached: it sends who asks for an item's data
// on to the source.
func (e *ends) front(portal *arcgistest.Portal, sizes map[string]int64) (*httptest.Server, error) {
	behind, err := url.Parse(portal.URL)
	if err != nil {
		return nil, err
	}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path, ok := strings.CutSuffix(r.URL.Path, "/data"); ok {
			size := sizes[path[strings.LastIndex(path, "/")+1:]]
			http.Redirect(w, r, fmt.Sprintf("%s/%d/file", e.source, size), http.StatusFound)
			return
		}
		proxy.ServeHTTP(w, r)
	})), nil
}

// keep puts a working file into the sink.
func (e *ends) keep(ctx context.Context, key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, e.sink+"/"+bucket+"/"+key, bytes.NewReader(text))
	if err != nil {
		return err
	}
	_, err = e.do(r)
	return err
}

// tenths writes a figure that may not be counted here.
func tenths(v float64) string {
	if math.IsNaN(v) {
		return "not counted"
	}
	return fmt.Sprintf("%.1f", v)
}
