//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// lingers is the variable that lets our mover stay a while when it is done, so
// that its memory can be sampled however small the load was.
const lingers = "BENCH_LINGERS"

func linger() {
	if os.Getenv(lingers) != "" {
		time.Sleep(time.Second)
	}
}

// sizes are a section: the peak of memory by the size of the file.
func sizes(ctx context.Context, p plan, dir string) (string, error) {
	e, err := startEnds(ctx, dir, faults{})
	if err != nil {
		return "", err
	}
	defer e.close()
	idle, err := measure(ctx, append(e.environ(), lingers+"=1"), mapkeep().script(e, load{size: 64 << 10, files: 1, streams: 4}, now(), ""))
	if err != nil {
		return "", err
	}
	rows := [][]string{{"file, MiB", "MB/s", "CPU, s/GB", "peak memory, MB", "over one file of 64 KiB, MB"}}
	for _, size := range p.memory {
		l := load{size: size, files: 1, streams: 4}
		c, err := move(ctx, e, mapkeep(), l, now())
		if err != nil {
			return "", err
		}
		rows = append(rows, []string{fmt.Sprint(size >> 20), fmt.Sprintf("%.0f", l.bytes()/c.seconds/1e6), fmt.Sprintf("%.2f", c.cpu/l.bytes()*1e9),
			fmt.Sprintf("%.1f", c.peak), fmt.Sprintf("%.1f", c.peak-idle.peak)})
	}
	return table(rows), nil
}
