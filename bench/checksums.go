package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"

	"github.com/minio/crc64nvme"

	"github.com/mapkeep/mapkeep/bench/fakes"
)

// checksums are a section: what each checksum costs, on one processor.
func checksums(_ context.Context, p plan, _ string) (string, error) {
	rows := [][]string{{"checksum", "CPU, s/GB"}}
	for _, c := range []struct {
		name string
		make func() hash.Hash
	}{
		{"CRC64NVME of the whole, which S3 compares", func() hash.Hash { return crc64nvme.New() }},
		{"SHA-256 of each 16 MiB, for the manifest", sha256.New},
	} {
		var each []float64
		for range p.rounds {
			start := used()
			if err := fakes.Content(c.make(), 0, 1e9); err != nil {
				return "", err
			}
			each = append(each, used()-start)
		}
		rows = append(rows, []string{c.name, fmt.Sprintf("%.2f", median(each))})
	}
	return table(rows), nil
}
