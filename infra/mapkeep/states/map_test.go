package states_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

// mapped is a machine of one Distributed Map S with these fields and one
// state I of these fields in its processor.
func mapped(fields, inner string) string {
	return one(`"Type": "Map", "Label": "Items", "End": true, ` + fields + `
		"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
			"StartAt": "I", "States": {"I": {` + inner + `}}}`)
}

const (
	reader = `"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"},
		"Parameters": {"Bucket": "b", "Key.$": "$.key"}}, `
	writer = `"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "out/map"}}, `
	same   = `"Type": "Pass", "End": true`

	// failed fails each child whose item has a field "bad".
	failed = `"Type": "Choice", "Choices": [{"Variable": "$.bad", "IsPresent": true, "Next": "Bad"}], "Default": "Good"},
		"Good": {"Type": "Pass", "End": true}, "Bad": {"Type": "Fail", "Error": "Broken", "Cause": "for a test"`
)

// runMap runs a Map over the JSON text of its list.
func runMap(t *testing.T, definition, list string) (states.Result, *bucket) {
	t.Helper()
	b := &bucket{objects: map[string][]byte{"b/items.json": []byte(list)}}
	e := states.Engine{Machine: parse(t, definition), Name: "m", Tasks: functions(echo), Objects: b, Clock: newClock()}
	return e.Run(t.Context(), "r", json.RawMessage(`{"key":"items.json","zero":0,"two":2,"half":2.5,"text":"2","minus":-1,"run":7.50}`)), b
}

func TestMapSelectsItems(t *testing.T) {
	t.Parallel()
	const selector = `"ItemSelector": {"n.$": "$$.Map.Item.Index", "id.$": "$$.Map.Item.Value.id", "run.$": "$.run", "of.$": "$$.Execution.Name"},`
	tests := []struct{ name, fields, list, status, text string }{
		{"selected", selector, `[{"id":"a"},{"id":"b"}]`, states.Succeeded, `[{"id":"a","n":0,"of":"r","run":7.50},{"id":"b","n":1,"of":"r","run":7.50}]`},
		{"as they are", "", `[{"id":"a"}, 2.0, null]`, states.Succeeded, `[{"id":"a"},2.0,null]`},
		{"none", selector, ` [ ] `, states.Succeeded, `[]`},
		{"at most", strings.Replace(reader, `"JSON"`, `"JSON", "MaxItems": 2`, 1), `[1,2,3]`, states.Succeeded, `[1,2]`},
		{"selector misses", selector, `[{"id":"a"},{}]`, states.Failed, "States.Runtime"},
		{"no list", "", `{"a":1}`, states.Failed, "States.ItemReaderFailed"},
		{"no JSON", "", `[1, }`, states.Failed, "States.ItemReaderFailed"},
		{"cut", "", `[1,2`, states.Failed, "States.ItemReaderFailed"},
		{"two lists", "", `[1][2]`, states.Failed, "States.ItemReaderFailed"},
		{"empty file", "", ``, states.Failed, "States.ItemReaderFailed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fields := tt.fields
			if !strings.Contains(fields, "ItemReader") {
				fields += reader
			}
			r, _ := runMap(t, mapped(fields, same), tt.list)
			want(t, r, tt.status, tt.text)
		})
	}
}

func TestMapWithoutItsFileIsCaught(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"States.ItemReaderFailed", "States.ALL", "States.TaskFailed"} {
		definition := strings.Replace(mapped(strings.Replace(reader, "$.key", "$$.Execution.Name", 1)+
			`"Catch": [{"ErrorEquals": ["`+name+`"], "ResultPath": null, "Next": "C"}],`, same), `{"S":`, `{"C": {"Type": "Pass", "Result": "caught", "End": true}, "S":`, 1)
		r, _ := runMap(t, definition, `[]`)
		want(t, r, states.Succeeded, `"caught"`)
	}
}

func TestMapTolerance(t *testing.T) {
	t.Parallel()
	const exceeded = "States.ExceedToleratedFailureThreshold"
	ten := `[{"bad":1},{"bad":1},{"n":2},{"n":3},{"n":4},{"n":5},{"n":6},{"n":7},{"n":8},{"n":9}]`
	tests := []struct{ fields, text string }{
		{``, exceeded},
		{`"ToleratedFailurePercentage": 100.0,`, ""},
		{`"ToleratedFailurePercentage": 0,`, exceeded},
		{`"ToleratedFailurePercentage": 20,`, ""},
		{`"ToleratedFailurePercentage": 19.9,`, exceeded},
		{`"ToleratedFailurePercentagePath": "$.zero",`, exceeded},
		{`"ToleratedFailureCount": 2,`, ""},
		{`"ToleratedFailureCount": 1,`, exceeded},
		{`"ToleratedFailureCountPath": "$.two",`, ""},
		{`"ToleratedFailureCount": 2, "ToleratedFailurePercentage": 10,`, exceeded},
		{`"ToleratedFailureCount": 1, "ToleratedFailurePercentage": 100,`, exceeded},
		{`"ToleratedFailureCountPath": "$.half",`, "States.Runtime"},
		{`"ToleratedFailurePercentagePath": "$.text",`, "States.Runtime"},
		{`"ToleratedFailurePercentagePath": "$.minus",`, "States.Runtime"},
	}
	for _, tt := range tests {
		t.Run(tt.fields, func(t *testing.T) {
			t.Parallel()
			if r, _ := runMap(t, mapped(reader+writer+tt.fields, failed), ten); r.Error != tt.text {
				t.Errorf("Run: got %s %q (%s), want %q", r.Status, r.Error, r.Cause, tt.text)
			}
		})
	}
}

func TestMapConcurrency(t *testing.T) {
	t.Parallel()
	list := "[" + strings.Repeat("1,", 20_000) + "1]"
	tests := []struct {
		fields string
		most   int64
		text   string
	}{
		{`"MaxConcurrency": 3,`, 3, ""},
		{`"MaxConcurrencyPath": "$.two",`, 2, ""},
		{`"MaxConcurrencyPath": "$.zero",`, 10_000, ""},
		{``, 10_000, ""},
		{`"MaxConcurrencyPath": "$.half",`, 0, "States.Runtime"},
		{`"MaxConcurrencyPath": "$.text",`, 0, "States.Runtime"},
		{`"MaxConcurrencyPath": "$.minus",`, 0, "States.Runtime"},
		{`"MaxConcurrencyPath": "$.gone",`, 0, "States.Runtime"},
	}
	for _, tt := range tests {
		t.Run(tt.fields, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var now, most atomic.Int64
				b := &bucket{objects: map[string][]byte{"b/items.json": []byte(list)}}
				e := states.Engine{
					Machine: parse(t, mapped(reader+tt.fields+`"ResultPath": null,`, `"Type": "Wait", "Seconds": 1, "Next": "P"}, "P": {"Type": "Pass", "Result": 1, "End": true`)),
					Objects: b,
					Observe: func(ev states.Event) {
						switch ev.Kind {
						case states.ChildStarted:
							most.Store(max(most.Load(), now.Add(1)))
						case states.ChildEnded:
							now.Add(-1)
						}
					},
				}
				begin := time.Now()
				r := e.Run(t.Context(), "r", json.RawMessage(`{"key":"items.json","zero":0,"two":2,"half":2.5,"text":"2","minus":-1}`))
				if r.Error != tt.text || most.Load() != tt.most {
					t.Errorf("Run: got %q (%s) with %d at once, want %q with %d", r.Error, r.Cause, most.Load(), tt.text, tt.most)
				}
				if rounds := 20_001/max(tt.most, 1) + 1; tt.text == "" && time.Since(begin) > time.Duration(rounds+1)*time.Second {
					t.Errorf("Run took %v, want %d rounds of a second", time.Since(begin), rounds)
				}
			})
		})
	}
}

func TestMapWithoutWriterKeepsARowOfWhatFailed(t *testing.T) {
	t.Parallel()
	r, _ := runMap(t, mapped(reader+`"ToleratedFailurePercentage": 100,`, failed), `[{"a":1},{"bad":2},{"a":3}]`)
	var got []struct{ Error, Cause, Status, Input string }
	if err := json.Unmarshal(r.Output, &got); err != nil || len(got) != 3 || !strings.HasPrefix(string(r.Output), `[{"a":1},{`) {
		t.Fatalf("Run: got %s %s, want three outputs", r.Output, r.Cause)
	}
	if fmt.Sprint(got[1]) != `{Broken for a test FAILED {"bad":2}}` {
		t.Errorf("row of the failed child: got %v", got[1])
	}
}

func TestMapWritesResults(t *testing.T) {
	t.Parallel()
	r, b := runMap(t, mapped(reader+writer+`"MaxConcurrency": 1, "ToleratedFailureCount": 1,`, failed), `[{"a":1},{"bad":2},{"a":"é<"},{"bad":4},{"a":5},{"a":6}]`)
	want(t, r, states.Failed, "States.ExceedToleratedFailureThreshold")
	got := map[string]string{}
	ids := regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	for key, body := range b.objects {
		got[ids.ReplaceAllString(key, "RUN")] = ids.ReplaceAllString(string(body), "ID")
	}
	redrive := map[string]string{"SUCCEEDED": `"NOT_REDRIVABLE","RedriveStatusReason":"Execution is SUCCEEDED and cannot be redriven"`, "FAILED": `"REDRIVABLE_BY_MAP_RUN"`}
	const dates = `"OutputDetails":{"Included":true},"RedriveCount":0,"RedriveStatus":%s,"StartDate":"2026-11-23T18:00:00.000Z","StateMachineArn":"arn:aws:states:local:000000000000:stateMachine:m/Items","Status":"%s","StopDate":"2026-11-23T18:00:00.000Z"}`
	row := func(status, before, input, output string) string {
		return `{` + before + `"ExecutionArn":"arn:aws:states:local:000000000000:execution:m/Items:ID","Input":"` + input +
			`","InputDetails":{"Included":true},"Name":"ID",` + output + fmt.Sprintf(dates, redrive[status], status)
	}
	good := func(text string) string {
		return row("SUCCEEDED", "", text, `"Output":"`+text+`",`)
	}
	bad := func(text string) string {
		return row("FAILED", `"Cause":"for a test","Error":"Broken",`, text, "")
	}
	files := map[string]string{
		"b/out/map/RUN/SUCCEEDED_0.json": `[` + good(`{\"a\":1}`) + `,` + good(`{\"a\":\"é<\"}`) + `]`,
		"b/out/map/RUN/FAILED_0.json":    `[` + bad(`{\"bad\":2}`) + `,` + bad(`{\"bad\":4}`) + `]`,
		"b/out/map/RUN/PENDING_0.json":   `[{"Input":"{\"a\":5}","Status":"PENDING"},{"Input":"{\"a\":6}","Status":"PENDING"}]`,
	}
	for key, text := range files {
		if got[key] != text {
			t.Errorf("%s:\ngot  %s\nwant %s", key, got[key], text)
		}
	}
	manifest := regexp.MustCompile(`"Size":\d+`).ReplaceAllString(got["b/out/map/RUN/manifest.json"], `"Size":N`)
	part := func(name string) string {
		return `"` + name + `":[{"Key":"out/map/ID/` + name + `_0.json","Size":N}]`
	}
	if text := `{"DestinationBucket":"b","MapRunArn":"arn:aws:states:local:000000000000:mapRun:m/Items:ID","ResultFiles":{` +
		part("FAILED") + `,` + part("PENDING") + `,` + part("SUCCEEDED") + `}}`; manifest != text {
		t.Errorf("manifest:\ngot  %s\nwant %s", manifest, text)
	}
}

func TestMapSaysWhereItsResultsAre(t *testing.T) {
	t.Parallel()
	r, b := runMap(t, mapped(reader+writer, same), `[]`)
	var out struct {
		MapRunArn           string
		ResultWriterDetails struct{ Bucket, Key string }
	}
	if err := json.Unmarshal(r.Output, &out); err != nil {
		t.Fatalf("Run: got %s %s", r.Status, r.Cause)
	}
	at := out.ResultWriterDetails
	manifest := string(b.objects[at.Bucket+"/"+at.Key])
	if !strings.Contains(manifest, `"ResultFiles":{"FAILED":[],"PENDING":[],"SUCCEEDED":[]}`) || !strings.Contains(manifest, out.MapRunArn) {
		t.Errorf("Run: got %s and there %q, want a manifest of nothing", r.Output, manifest)
	}
}

func TestMapThatCannotWrite(t *testing.T) {
	t.Parallel()
	e := states.Engine{
		Machine: parse(t, mapped(writer+`"ItemsPath": "$.list",`, same)), Clock: newClock(),
	}
	want(t, e.Run(t.Context(), "r", json.RawMessage(`{"list":[1]}`)), states.Failed, "States.ResultWriterFailed")
}

func TestRetryOfAMapStartsOver(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	calls := map[string]int{}
	e := states.Engine{
		Machine: parse(t, mapped(`"ItemsPath": "$.list", "MaxConcurrency": 1, "Retry": [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"]}],`,
			`"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload.$": "$"}, "OutputPath": "$.Payload", "End": true`)),
		Clock: newClock(),
		Tasks: functions(func(_ context.Context, _ string, payload json.RawMessage) (json.RawMessage, error) {
			mu.Lock()
			defer mu.Unlock()
			calls[string(payload)]++
			if string(payload) == "2" && calls["2"] == 1 {
				return nil, states.FunctionError("Once", "")
			}
			return payload, nil
		}),
	}
	want(t, e.Run(t.Context(), "r", json.RawMessage(`{"list":[1,2,3]}`)), states.Succeeded, `[1,2,3]`)
	if fmt.Sprint(calls) != "map[1:2 2:2 3:1]" {
		t.Errorf("calls: got %v, want items 1 and 2 twice, 3 once", calls)
	}
}

func TestChildrenAreExecutionsOfTheirOwn(t *testing.T) {
	t.Parallel()
	r, _ := runMap(t, mapped(reader, `"Type": "Pass", "End": true, "Parameters": {"e.$": "$$.Execution", "m.$": "$$.StateMachine"}`), `[{"a":1}]`)
	form := regexp.MustCompile(`^\[{"e":{"Id":"arn:aws:states:local:000000000000:execution:m/Items:([-0-9a-f]{36})","Input":{"a":1},"Name":"([-0-9a-f]{36})",` +
		`"RedriveCount":0,"RoleArn":"[^"]*","StartTime":"2026-11-23T18:00:00.000Z"},"m":{"Id":"arn:aws:states:local:000000000000:stateMachine:m/Items","Name":"m/Items"}}\]$`)
	if m := form.FindSubmatch(r.Output); m == nil || string(m[1]) != string(m[2]) {
		t.Errorf("Run: got %s (%s), want an execution named by a UUID", r.Output, r.Cause)
	}
}

func TestMapInAMap(t *testing.T) {
	t.Parallel()
	inner := `"Type": "Map", "End": true, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
		"StartAt": "J", "States": {"J": {"Type": "Pass", "End": true}}}`
	r, _ := runMap(t, mapped(reader, inner), `[[1,2],[],[3]]`)
	want(t, r, states.Succeeded, `[[1,2],[],[3]]`)
}

func TestThresholdAbortsWhatRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bucket{}
		e := states.Engine{
			Machine: parse(t, mapped(writer+`"ItemsPath": "$.list", "MaxConcurrency": 3, "ToleratedFailureCount": 0,`, `"Type": "Task", "End": true,
				"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload.$": "$"}`)),
			Objects: b,
			Tasks: functions(func(ctx context.Context, f string, payload json.RawMessage) (json.RawMessage, error) {
				if string(payload) != "2" {
					return hang(ctx, f, payload)
				}
				time.Sleep(time.Second)
				return nil, states.FunctionError("Broken", "")
			}),
		}
		begin := time.Now()
		r := e.Run(t.Context(), "r", json.RawMessage(`{"list":[1,2,3,4,5]}`))
		want(t, r, states.Failed, "States.ExceedToleratedFailureThreshold")
		if took := time.Since(begin); took != time.Second || len(r.Open) > 0 {
			t.Errorf("Run: took %v, left %v open, want 1s and none", took, r.Open)
		}
		counts := map[string]int{}
		for _, body := range b.objects {
			for _, status := range []string{"ABORTED", "FAILED", "PENDING"} {
				counts[status] += strings.Count(string(body), `"Status":"`+status+`"`)
			}
		}
		if fmt.Sprint(counts) != "map[ABORTED:2 FAILED:1 PENDING:2]" {
			t.Errorf("rows: got %v, want 2 aborted, 1 failed, 2 pending", counts)
		}
	})
}
