package runtime_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/mapkeep/mapkeep/infra/mapkeep/runtime"
)

// mode is set in the environment of a test binary that is to be a program.
const mode = "MAPKEEP_RUNTIMETEST"

func TestMain(m *testing.M) {
	switch os.Getenv(mode) {
	case "":
		os.Exit(m.Run())
	case "functions":
		runtime.ExitWithParent()
		lambda.Start(serve)
	case "functions of lambda": // as they are deployed, without a word of this package
		lambda.Start(serve)
	case "no init":
		refuse()
	case "exit":
		os.Exit(7)
	case "host":
		host()
	}
}

// answer is what most functions give.
type answer struct {
	Pid      int
	Function string
	Left     time.Duration
	Payload  json.RawMessage
	Environ  []string
}

// serve is every function of the program.
func serve(ctx context.Context, payload json.RawMessage) (any, error) {
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	name := lc.InvokedFunctionArn[strings.LastIndex(lc.InvokedFunctionArn, ":")+1:]
	switch name {
	case "fail":
		return nil, messages.InvokeResponse_Error{Type: "PortalUnavailable", Message: "no answer"}
	case "panic":
		panic("much too late")
	case "exit":
		fmt.Print("last words")
		os.Exit(3)
	case "big":
		return strings.Repeat("x", 6<<20+200), nil
	case "shout":
		for range 50 {
			fmt.Print("one ")
			fmt.Println("line")
			fmt.Fprintln(os.Stderr, "one line")
		}
	case "meet", "stay":
		if err := meet(payload, name == "stay"); err != nil {
			return nil, err
		}
	}
	return answer{Pid: os.Getpid(), Function: lc.InvokedFunctionArn, Left: time.Until(deadline), Payload: payload, Environ: os.Environ()}, nil
}

// held keeps connections of "stay" open until the process ends.
var held []net.Conn

// meet dials the test and waits for its word; to stay is to keep the line.
func meet(payload json.RawMessage, stay bool) error {
	var address string
	if err := json.Unmarshal(payload, &address); err != nil {
		return err
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	if stay {
		held = append(held, conn)
		_, err = fmt.Fprintln(conn, os.Getpid())
		return err
	}
	defer conn.Close()
	_, err = bufio.NewReader(conn).ReadByte()
	return err
}

// refuse is a program that can't start, and says so.
func refuse() {
	url := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/init/error"
	body := `{"errorMessage":"no settings","errorType":"BadSettings"}`
	if _, err := http.Post(url, "application/json", strings.NewReader(body)); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(1)
}

// host is a process with a Host of its own, for tests that kill it.
func host() {
	h, err := runtime.Start(options(os.Getenv("PROGRAM"), nil))
	if err == nil {
		_, err = h.Invoke(context.Background(), "stay", json.RawMessage(os.Getenv("ADDRESS")))
	}
	fmt.Println("idle")
	if err == nil && os.Getenv("BUSY") != "" {
		_, err = h.Invoke(context.Background(), "meet", json.RawMessage(os.Getenv("ADDRESS")))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	select {}
}

// options run this binary in the given mode. The time-out is so long that a
// test which meets it has failed.
func options(program string, logs *strings.Builder) runtime.Options {
	o := runtime.Options{
		Command: func(env []string) *exec.Cmd {
			exe, err := os.Executable()
			if err != nil {
				panic(err)
			}
			cmd := exec.Command(exe)
			cmd.Env = append(env, mode+"="+program)
			return cmd
		},
		Environ:   []string{"AWS_REGION=eu-west-3", "COLOUR=green"},
		Functions: map[string]runtime.Function{},
		Limit:     3,
	}
	for _, name := range []string{"echo", "fail", "panic", "exit", "big", "shout", "meet", "stay"} {
		o.Functions[name] = runtime.Function{Timeout: 5 * time.Minute}
	}
	if logs != nil {
		o.Logs = logs
	}
	return o
}

// started is a Host that ends with the test.
func started(t *testing.T, o runtime.Options) *runtime.Host {
	t.Helper()
	h, err := runtime.Start(o)
	if err != nil {
		t.Fatalf("runtime.Start: %v", err)
	}
	t.Cleanup(h.Close)
	return h
}

// invoke is an invocation that must go well.
func invoke(t *testing.T, h *runtime.Host, function, payload string) answer {
	t.Helper()
	raw, err := h.Invoke(t.Context(), function, json.RawMessage(payload))
	if err != nil {
		t.Fatalf("Invoke(%s): %v", function, err)
	}
	var a answer
	if err := json.Unmarshal(raw, &a); err != nil {
		t.Fatalf("Invoke(%s) = %s: %v", function, raw, err)
	}
	return a
}

// fails is an invocation that must fail; it gives the Error and the cause's message.
func fails(t *testing.T, h *runtime.Host, function, payload string) (*runtime.Error, string) {
	t.Helper()
	raw, err := h.Invoke(t.Context(), function, json.RawMessage(payload))
	var e *runtime.Error
	if !errors.As(err, &e) {
		t.Fatalf("Invoke(%s) = %.100s, %v, want a *runtime.Error", function, raw, err)
	}
	var cause struct{ ErrorType, ErrorMessage string }
	if err := json.Unmarshal([]byte(e.Cause), &cause); err != nil {
		t.Fatalf("Invoke(%s): cause %q: %v", function, e.Cause, err)
	}
	if cause.ErrorType != e.Name {
		t.Errorf("Invoke(%s): name %q, type in its cause %q", function, e.Name, cause.ErrorType)
	}
	return e, cause.ErrorMessage
}

// listen is where functions meet the test; its address is a payload.
func listen(t *testing.T) (net.Listener, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	t.Cleanup(func() { l.Close() })
	return l, fmt.Sprintf("%q", l.Addr())
}

// accept is the next function that comes to the meeting.
func accept(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	conn, err := l.Accept()
	if err != nil {
		t.Fatalf("accept: %v", err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}
