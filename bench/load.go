package main

import "fmt"

// A load is a number of files of one size, moved so many at a time.
type load struct {
	name    string
	size    int64
	files   int
	streams int // files at once; for one file, streams of a mover that has such a setting
}

// loads are those of the bench.
var loads = []load{
	{"4 GiB x 1", 4 << 30, 1, 4},
	{"64 MiB x 32", 64 << 20, 32, 4},
	{"64 KiB x 5000", 64 << 10, 5000, 32},
}

func (l load) bytes() float64 { return float64(l.size) * float64(l.files) }

// quarter is a file of a quarter of the large one, for what takes long.
func (p plan) quarter() load {
	l := p.large
	l.size /= 4
	l.name = fmt.Sprintf("%d MiB x 1", l.size>>20)
	return l
}

// path is file n at the source.
func (l load) path(n int) string { return fmt.Sprintf("%d/file-%05d", l.size, n) }

// key is file n in the sink, under the prefix of a mover and a round.
func (l load) key(prefix string, n int) string { return prefix + "/" + l.path(n) }
