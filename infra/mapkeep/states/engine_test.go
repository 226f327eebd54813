package states_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

// looping is a machine with every kind of step that a backup takes: a list,
// a Map whose children wait, look and retry, and an end that is judged.
const looping = `{"StartAt": "List", "States": {
	"List": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "list", "Payload": {"repeat.$": "$$.State.RetryCount"}},
		"ResultSelector": {"list.$": "$.Payload", "error": {}}, "Next": "Items"},
	"Items": {"Type": "Map", "Label": "Items", "MaxConcurrencyPath": "$.list.parallel", "ToleratedFailurePercentage": 100.0, "ResultPath": "$.map", "Next": "Judge",
		"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"}, "Parameters": {"Bucket": "b", "Key.$": "$.list.key"}},
		"ItemSelector": {"item.$": "$$.Map.Item.Value", "run.$": "$$.Execution.Name", "error": {}},
		"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "out"}},
		"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Look", "States": {
			"Look": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "look", "Payload": {"item.$": "$.item", "repeat.$": "$$.State.RetryCount"}},
				"ResultSelector": {"item.$": "$.Payload", "error": {}}, "Retry": [{"ErrorEquals": ["Busy"], "JitterStrategy": "FULL"}],
				"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Bad"}], "Next": "Ready"},
			"Ready": {"Type": "Choice", "Choices": [{"Variable": "$.item.wait", "NumericGreaterThan": 0, "Next": "Later"}], "Default": "Done"},
			"Later": {"Type": "Wait", "SecondsPath": "$.item.wait", "Next": "Look"},
			"Done": {"Type": "Succeed"},
			"Bad": {"Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "$.error.Cause"}}}},
	"Judge": {"Type": "Pass", "Parameters": {"key.$": "$.list.key"}, "End": true}}}`

// backup is the functions of looping: each item is looked at twice, is busy
// once, and fails when its number ends in 7.
func backup(_ context.Context, function string, payload json.RawMessage) (json.RawMessage, error) {
	if function == "list" {
		return json.RawMessage(`{"key":"items.json","parallel":10}`), nil
	}
	var in struct {
		Item   struct{ N, Wait int }
		Repeat int
	}
	if err := json.Unmarshal(payload, &in); err != nil {
		return nil, err
	}
	switch {
	case in.Item.N%10 == 7:
		return nil, states.FunctionError("Final", "seven")
	case in.Repeat == 0:
		return nil, states.FunctionError("Busy", "once")
	case in.Item.Wait == 0:
		return fmt.Appendf(nil, `{"n":%d,"wait":3}`, in.Item.N), nil
	}
	return fmt.Appendf(nil, `{"n":%d,"wait":0}`, in.Item.N), nil
}

func TestEvents(t *testing.T) {
	t.Parallel()
	var got []string
	e := states.Engine{
		Machine: parse(t, looping), Name: "m", Clock: newClock(), Tasks: functions(backup),
		Random:  func() float64 { return 0.5 },
		Objects: &bucket{objects: map[string][]byte{"b/items.json": []byte(`[{"n":7,"wait":0}]`)}},
		Observe: func(ev states.Event) {
			line := fmt.Sprint(ev.Child, " ", ev.Kind, " ", ev.State)
			switch ev.Kind {
			case states.TaskFailed, states.Caught:
				line += fmt.Sprint(" ", ev.Error, " ", ev.Attempt)
			case states.ChildStarted:
				line += " " + string(ev.Data())
			case states.ChildEnded, states.ExecutionEnded:
				line += ev.Status + " " + ev.Error
			}
			got = append(got, line)
		},
	}
	if r := e.Run(t.Context(), "r", nil); r.Status != states.Succeeded {
		t.Fatalf("Run: got %+v", r)
	}
	want := []string{
		"-1 StateEntered List", "-1 StateExited List", "-1 StateEntered Items", "-1 MapStarted Items",
		`0 ChildStarted  {"error":{},"item":{"n":7,"wait":0},"run":"r"}`, "0 StateEntered Look", "0 TaskFailed Look Final 1",
		"0 Caught Look Final 0", "0 StateEntered Bad", "0 ChildEnded BadFAILED Final",
		"-1 StateExited Items", "-1 StateEntered Judge", "-1 StateExited Judge", "-1 ExecutionEnded SUCCEEDED ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// TestMachineNeverChanges runs one machine from several goroutines at once;
// the race detector sees a write.
func TestMachineNeverChanges(t *testing.T) {
	t.Parallel()
	m := parse(t, looping)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			b := &bucket{objects: map[string][]byte{"b/items.json": []byte(`[{"n":1,"wait":0},{"n":7,"wait":0},{"n":3,"wait":0}]`)}}
			e := states.Engine{Machine: m, Name: "m", Clock: newClock(), Tasks: functions(backup), Objects: b}
			want(t, e.Run(t.Context(), "r", json.RawMessage(`{}`)), states.Succeeded, `{"key":"items.json"}`)
		})
	}
	all.Wait()
}

// generated is a bucket whose list is made while it is read, and which keeps
// nothing.
type generated struct {
	items int
	rows  atomic.Int64
}

func (g *generated) Get(context.Context, string, string) (io.ReadCloser, error) {
	read, write := io.Pipe()
	go func() {
		pad := strings.Repeat("x", 1000)
		_, _ = fmt.Fprint(write, "[")
		for n := range g.items {
			bad := ""
			if n%10 == 7 {
				bad = `"bad":true,`
			}
			_, _ = fmt.Fprintf(write, `{%s"n":%d,"pad":"%s"},`, bad, n, pad)
		}
		_, _ = fmt.Fprint(write, `{}]`)
		_ = write.Close()
	}()
	return read, nil
}

func (g *generated) Put(_ context.Context, _, key string, body io.Reader, _ int64) error {
	if strings.HasSuffix(key, "manifest.json") {
		return nil
	}
	d := json.NewDecoder(body)
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		var row struct{ Name string }
		if err := d.Decode(&row); err != nil {
			return err
		}
		g.rows.Add(1)
	}
	return nil
}

// A list of 100 MB must not be in memory: the heap stays below a bound that
// does not depend on it.
func TestHundredThousandItems(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	const items, bound = 100_000, 64 << 20
	g := &generated{items: items}
	var ended, broken atomic.Int64
	var peak uint64
	base := heap()
	e := states.Engine{
		Machine: parse(t, mapped(reader+writer+`"MaxConcurrency": 10, "ToleratedFailurePercentage": 100.0,`,
			`"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload.$": "$"}, "OutputPath": "$.Payload", "Next": "Which"},
			"Which": {`+failed)),
		Name: "m", Clock: newClock(), Tasks: functions(echo), Objects: g,
		Observe: func(ev states.Event) {
			if ev.Kind != states.ChildEnded {
				return
			}
			if ev.Status == states.Failed {
				broken.Add(1)
			}
			if ended.Add(1)%20_000 == 0 {
				peak = max(peak, heap())
			}
		},
	}
	r := e.Run(t.Context(), "r", json.RawMessage(`{"key":"items.json"}`))
	if r.Status != states.Succeeded || ended.Load() != items+1 || broken.Load() != items/10 || g.rows.Load() != items+1 {
		t.Errorf("Run: got %s (%s), %d ended, %d failed, %d rows", r.Status, r.Cause, ended.Load(), broken.Load(), g.rows.Load())
	}
	if peak > base+bound {
		t.Errorf("heap grew by %d bytes, want less than %d", peak-base, bound)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
