package runtime_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/infra/mapkeep/runtime"
)

func TestOneWarmChildServesEveryFunction(t *testing.T) {
	t.Parallel()
	h := started(t, options("functions", nil))
	first := invoke(t, h, "echo", `{"a":1}`)
	if string(first.Payload) != `{"a":1}` {
		t.Errorf("Invoke(echo): payload came as %s", first.Payload)
	}
	if want := "arn:aws:lambda:local:000000000000:function:echo"; first.Function != want {
		t.Errorf("Invoke(echo): function's ARN %q, want %q", first.Function, want)
	}
	if first.Left <= 4*time.Minute || first.Left > 5*time.Minute {
		t.Errorf("Invoke(echo): %v left, want nearly 5m", first.Left)
	}
	if _, message := fails(t, h, "fail", `{}`); message != "no answer" {
		t.Errorf("Invoke(fail): message %q", message)
	}
	for range 20 {
		if next := invoke(t, h, "shout", `{}`); next.Pid != first.Pid {
			t.Fatalf("Invoke(shout): process %d, want %d again", next.Pid, first.Pid)
		}
	}
}

func TestErrorsHaveStepFunctionsNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ program, function, name, message string }{
		{"functions", "fail", "PortalUnavailable", "no answer"},
		{"functions", "panic", "string", "much too late"},
		{"functions", "exit", "Runtime.ExitError", "Runtime exited with error: exit status 3"},
		{"functions", "big", "Function.ResponseSizeTooLarge", "6291556 bytes"},
		{"functions", "nobody", "Lambda.ResourceNotFoundException", "function:nobody"},
		{"no init", "echo", "BadSettings", "no settings"},
		{"exit", "echo", "Runtime.ExitError", "Runtime exited with error: exit status 7"},
	} {
		t.Run(test.program+" "+test.function, func(t *testing.T) {
			t.Parallel()
			h := started(t, options(test.program, nil))
			for range 2 { // a failure leaves the host as it was
				e, message := fails(t, h, test.function, `{}`)
				if e.Name != test.name || !strings.Contains(message, test.message) {
					t.Errorf("Invoke(%s) = %v, want %s: … %s", test.function, e, test.name, test.message)
				}
			}
		})
	}
}

func TestTimeoutKillsTheChild(t *testing.T) {
	t.Parallel()
	l, address := listen(t)
	o := options("functions", nil)
	o.Functions["meet"] = runtime.Function{Timeout: 50 * time.Millisecond}
	h := started(t, o)
	e, message := fails(t, h, "meet", address)
	if e.Name != "Sandbox.Timedout" || !strings.HasSuffix(message, " Error: Task timed out after 0.05 seconds") {
		t.Errorf("Invoke(meet) = %v, want Sandbox.Timedout after 0.05 seconds", e)
	}
	if _, err := io.ReadAll(accept(t, l)); err != nil {
		t.Errorf("the child's connection ended with %v", err)
	}
	invoke(t, h, "echo", `{}`)
}

func TestCancelKillsTheChild(t *testing.T) {
	t.Parallel()
	l, address := listen(t)
	h := started(t, options("functions", nil))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if conn, err := l.Accept(); err == nil {
			cancel()
			conn.Read(make([]byte, 1)) //nolint:errcheck // until the child has ended
			conn.Close()
		}
	}()
	if _, err := h.Invoke(ctx, "meet", json.RawMessage(address)); !errors.Is(err, context.Canceled) {
		t.Errorf("Invoke(meet) = %v, want context.Canceled", err)
	}
	if _, err := h.Invoke(ctx, "echo", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Invoke(echo) with a ctx that had ended = %v, want context.Canceled", err)
	}
	invoke(t, h, "echo", `{}`)
}

func TestInvokeAboveTheLimitWaitsForAChild(t *testing.T) {
	t.Parallel()
	l, address := listen(t)
	o := options("functions", nil)
	commands := record(&o)
	h := started(t, o)
	var group errgroup.Group
	for range 4 * o.Limit {
		group.Go(func() error {
			_, err := h.Invoke(t.Context(), "meet", json.RawMessage(address))
			return err
		})
	}
	for range 4 { // Limit of them meet; until these go no other comes
		conns := make([]net.Conn, o.Limit)
		for i := range conns {
			conns[i] = accept(t, l)
		}
		for _, conn := range conns {
			io.WriteString(conn, "!") //nolint:errcheck // the invocation tells
		}
	}
	if err := group.Wait(); err != nil {
		t.Errorf("Invoke(meet): %v", err)
	}
	h.Close()
	if got := len(*commands); got != o.Limit {
		t.Errorf("%d processes for %d invocations, want %d", got, 4*o.Limit, o.Limit)
	}
}

func TestWhoWaitsTakesAChildThatBecomesFree(t *testing.T) {
	t.Parallel()
	o := options("functions", nil)
	starts := goruntime.GOMAXPROCS(0) // at once
	o.Limit = starts + 20
	_, release := stuck(&o)
	h := started(t, o)
	t.Cleanup(release)
	first := invoke(t, h, "echo", `{}`)
	var group errgroup.Group
	ended := make(chan json.RawMessage, o.Limit)
	for range o.Limit {
		group.Go(func() error {
			text, err := h.Invoke(t.Context(), "echo", json.RawMessage(`{}`))
			ended <- text
			return err
		})
	}
	for range o.Limit - starts { // no more than those wait for a start that has no end
		var got answer
		if err := json.Unmarshal(<-ended, &got); err != nil || got.Pid != first.Pid {
			t.Errorf("Invoke(echo): process %d (%v), want %d, the only one there is", got.Pid, err, first.Pid)
		}
	}
	release()
	if err := group.Wait(); err != nil {
		t.Errorf("Invoke(echo) = %v", err)
	}
}

func TestWaitForAChildEnds(t *testing.T) {
	t.Parallel()
	l, address := listen(t)
	o := options("functions", nil)
	starts := goruntime.GOMAXPROCS(0)
	o.Limit = starts + 2
	tried, release := stuck(&o)
	h := started(t, o)
	t.Cleanup(release)
	ended := make(chan error, o.Limit)
	call := func(ctx context.Context) { _, err := h.Invoke(ctx, "meet", json.RawMessage(address)); ended <- err }
	go call(t.Context())
	accept(t, l)
	for range starts { // no other child, and no other start, can be had now
		go call(t.Context())
		<-tried
	}
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		go call(ctx)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Invoke(meet) = %v, want context.Canceled", err)
		}
	}
	go call(t.Context())
	go h.Close()
	for range 2 { // the one at work and the one that waits
		if err := <-ended; !errors.Is(err, runtime.ErrClosed) {
			t.Errorf("Invoke(meet) = %v, want ErrClosed", err)
		}
	}
	release()
	for range starts {
		if err := <-ended; !errors.Is(err, runtime.ErrClosed) {
			t.Errorf("Invoke(meet) = %v, want ErrClosed", err)
		}
	}
}

// stuck lets the first process start, and the others, each of which it tells
// of, after release.
func stuck(o *runtime.Options) (tried chan struct{}, release func()) {
	command, first, rest := o.Command, make(chan struct{}, 1), make(chan struct{})
	first <- struct{}{}
	tried = make(chan struct{}, o.Limit)
	o.Command = func(env []string) *exec.Cmd {
		select {
		case <-first:
		default:
			tried <- struct{}{}
			<-rest
		}
		return command(env)
	}
	return tried, sync.OnceFunc(func() { close(rest) })
}

func TestCloseLeavesNoProcess(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"functions", "functions of lambda"} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			l, address := listen(t)
			o := options(program, nil)
			commands := record(&o)
			h := started(t, o)
			invoke(t, h, "echo", `{}`)
			ended := make(chan error, 2)
			for range 2 {
				go func() {
					_, err := h.Invoke(context.Background(), "meet", json.RawMessage(address))
					ended <- err
				}()
			}
			accept(t, l)
			accept(t, l)
			h.Close()
			for range 2 {
				if err := <-ended; !errors.Is(err, runtime.ErrClosed) {
					t.Errorf("Invoke(meet) = %v, want ErrClosed", err)
				}
			}
			if _, err := h.Invoke(t.Context(), "echo", nil); !errors.Is(err, runtime.ErrClosed) {
				t.Errorf("Invoke(echo) after Close = %v, want ErrClosed", err)
			}
			for _, cmd := range *commands {
				if cmd.ProcessState == nil {
					t.Errorf("process %d is left after Close", cmd.Process.Pid)
				}
			}
		})
	}
}

// record notes the commands that are made.
func record(o *runtime.Options) *[]*exec.Cmd {
	var mu sync.Mutex
	var commands []*exec.Cmd
	command := o.Command
	o.Command = func(env []string) *exec.Cmd {
		cmd := command(env)
		mu.Lock()
		defer mu.Unlock()
		commands = append(commands, cmd)
		return cmd
	}
	return &commands
}

func TestChildrenDieWithTheHost(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, program, busy string }{
		{"an idle child", "functions", ""},
		{"an idle child that knows Lambda only", "functions of lambda", ""},
		{"a child at work", "functions", "yes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l, address := listen(t)
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), mode+"=host", "PROGRAM="+test.program, "ADDRESS="+address, "BUSY="+test.busy)
			cmd.Stderr = t.Output()
			said, err := cmd.StdoutPipe()
			if err == nil {
				err = cmd.Start()
			}
			if err != nil {
				t.Fatalf("start a host: %v", err)
			}
			t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() }) //nolint:errcheck // it is dead already when all is well
			child := accept(t, l)
			if line, err := bufio.NewReader(said).ReadString('\n'); line != "idle\n" {
				t.Fatalf("the host says %q, %v, want idle", line, err)
			}
			if test.busy != "" {
				accept(t, l)
			}
			cmd.Process.Kill() //nolint:errcheck // the next line tells
			if err := cmd.Wait(); err == nil {
				t.Fatalf("the host ended by itself, want killed")
			}
			pid, _ := io.ReadAll(child) // comes to an end when the child does
			if len(pid) == 0 {
				t.Errorf("the child said nothing before it ended")
			}
		})
	}
}

func TestEnvironmentIsLambdasAndNotOurs(t *testing.T) {
	t.Setenv("MAPKEEP_SECRET", "hush")
	env := invoke(t, started(t, options("functions", nil)), "echo", `{}`).Environ
	for _, want := range []string{"COLOUR=green", "AWS_REGION=eu-west-3", "TZ=:UTC", "AWS_LAMBDA_FUNCTION_NAME=mapkeep", "PATH=" + os.Getenv("PATH")} {
		if !slices.Contains(env, want) {
			t.Errorf("environment has no %s: %q", want, env)
		}
	}
	for _, has := range env {
		if strings.Contains(has, "hush") {
			t.Errorf("environment of a child has %s", has)
		}
	}
}

func TestLinesOfTheLogAreWhole(t *testing.T) {
	t.Parallel()
	var logs strings.Builder
	h := started(t, options("functions", &logs))
	var group errgroup.Group
	for range 9 {
		group.Go(func() error {
			_, err := h.Invoke(t.Context(), "shout", json.RawMessage(`{}`))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatalf("Invoke(shout): %v", err)
	}
	fails(t, h, "exit", `{}`)
	h.Close()
	count := map[string]int{}
	for line := range strings.Lines(logs.String()) {
		count[line]++
	}
	want := map[string]int{"one line\n": 900, "last words\n": 1}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Errorf("lines of the log (-want +got):\n%s", diff)
	}
}

func TestStartRefusesWhatCouldNotWork(t *testing.T) {
	t.Parallel()
	unlimited, timeless := options("functions", nil), options("functions", nil)
	unlimited.Limit = 0
	timeless.Functions["echo"] = runtime.Function{}
	for name, o := range map[string]runtime.Options{"limit 0": unlimited, "no time-out": timeless} {
		if h, err := runtime.Start(o); err == nil {
			h.Close()
			t.Errorf("Start with %s: no error", name)
		}
	}
}
