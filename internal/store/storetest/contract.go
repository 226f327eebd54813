// Package storetest is the contract that Mapkeep has with an S3 server: what
// package store, and through it every backup, relies on, as cases that any
// server can be held to. Where a server is known to differ stands in one
// table, Known, with the reason and with what Mapkeep does about it; anything
// else fails. Contract tries all cases; they stand in the files beside this
// one, and Faulty gives servers that must be found out.
package storetest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/mapkeep/mapkeep/internal/store"
)

// A Case is one thing that a backup relies on, or a person who looks after it.
type Case struct {
	Name string
	Try  func(*Trial)
}

// A Trial is one case at one server, in a bucket that is empty.
type Trial struct {
	context.Context
	*store.Store
	Client *s3.Client // of the same server

	objections []string
	mu         sync.Mutex
}

// Errorf says what the server does otherwise.
func (t *Trial) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.objections = append(t.objections, fmt.Sprintf(format, args...))
}

// Fatalf is Errorf and ends the case.
func (t *Trial) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	runtime.Goexit()
}

// ok ends the case where a call failed that has to succeed.
func (t *Trial) ok(err error, call string, args ...any) {
	if err != nil {
		t.Fatalf("%s: %v, want no error", fmt.Sprintf(call, args...), err)
	}
}

// Cases are all of the contract, by the names that Known has.
func Cases() []Case { return slices.Concat(portable(), naming) }

// OnFiles are those for a server that keeps objects as files on this system.
// Under others than Linux the names of files have rules of their own, such as
// one case for upper and lower, which are no fault of the server's.
func OnFiles() []Case {
	if runtime.GOOS == "linux" {
		return Cases()
	}
	return portable()
}

// portable are the cases that ask nothing of the names of files.
func portable() []Case {
	return slices.Concat(reading, writing, conditions, checksums, uploads, streaming, tagging, copying, listing, deleting, versions, refusing, repeating, moving)
}

// A Sayer takes what came out of each case; *judge.Judge is one.
type Sayer interface {
	Agreed(name string)
	Objected(name, objection string)
	Differs(name, reason string)
}

// Contract holds the server that client reaches to the cases, and says of each
// what came out. The client must come from a loaded configuration and be
// allowed to make buckets.
func Contract(t *testing.T, server Server, cases []Case, client *s3.Client, say Sayer) {
	t.Helper()
	t.Run("contract", func(t *testing.T) {
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				c.hold(server, say, Try(t.Context(), client, c))
			})
		}
	})
}

// hold compares what a case objects to with what is known of the server.
func (c Case) hold(server Server, say Sayer, objections []string) {
	known, differs := of(server, c.Name)
	var wrong []string
	for _, o := range objections {
		if !slices.ContainsFunc(known.Says, func(says string) bool { return strings.Contains(o, says) }) {
			wrong = append(wrong, o)
		}
	}
	for _, says := range known.Says {
		if !slices.Contains(byChance, c.Name) && !slices.ContainsFunc(objections, func(o string) bool { return strings.Contains(o, says) }) {
			wrong = append(wrong, fmt.Sprintf("it is known to differ by %q, and objected to %q", says, objections))
		}
	}
	switch {
	case len(wrong) > 0:
		say.Objected(c.Name, strings.Join(wrong, "\n"))
	case differs:
		say.Differs(c.Name, known.Reason+"; Mapkeep "+known.Mapkeep)
	default:
		say.Agreed(c.Name)
	}
}

// Try tries one case in a new bucket of the server, and gives its objections.
func Try(ctx context.Context, client *s3.Client, c Case) []string {
	t := &Trial{Context: ctx, Client: client}
	done := make(chan struct{})
	go func() {
		defer close(done)
		name := newBucket()
		t.Store = store.New(client, name)
		_, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name})
		t.ok(err, "CreateBucket(%s)", name)
		c.Try(t)
	}()
	<-done
	return t.objections
}
