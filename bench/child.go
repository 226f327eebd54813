package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"

	"github.com/mapkeep/mapkeep/bench/fakes"
	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
)

// child is one of the bench's own processes.
func child(name string, args []string) error {
	ctx := context.Background()
	switch {
	case (name == "__source" || name == "__sink") && len(args) == 5:
		return serveEnd(name, args)
	case name == "__store":
		return objects.Serve(ctx, os.Stdin, os.Stdout)
	case len(args) == 7:
		e, l, err := called(args)
		if err != nil {
			return err
		}
		if name == "__relay" {
			return e.relay(ctx, args[3], l)
		}
		return e.ours(ctx, args[3], l)
	}
	return fmt.Errorf("called with %q", args)
}

// called reads SOURCE SINK CERTIFICATE PREFIX SIZE FILES STREAMS.
func called(args []string) (*ends, load, error) {
	e, err := reach(args[0], args[1], args[2])
	if err != nil {
		return nil, load{}, err
	}
	var n [3]int64
	for i, text := range args[4:] {
		if n[i], err = strconv.ParseInt(text, 10, 64); err != nil {
			return nil, load{}, err
		}
	}
	return e, load{size: n[0], files: int(n[1]), streams: int(n[2])}, nil
}

// serveEnd is the process of one end: certificate, key, share of failures,
// share of resets, rate.
func serveEnd(name string, args []string) error {
	var n [3]float64
	for i, text := range args[2:] {
		var err error
		if n[i], err = strconv.ParseFloat(text, 64); err != nil {
			return err
		}
	}
	var handler http.Handler = &fakes.Source{Fail: n[0], Reset: n[1], Rate: n[2]}
	if name == "__sink" {
		handler = &fakes.Sink{Fail: n[0]}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("https://" + listener.Addr().String())
	return fakes.Serve(listener, handler, args[0], args[1])
}
