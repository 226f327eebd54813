//go:build localstack

package runs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// LocalStack logs into groups of its own, whatever LoggingConfig names; that
// the template's are there, and named, is seen where the stack is judged.
const logGroup = "/aws/lambda/"

// calls are read from the functions' logs, once these hold all: as many calls
// and failures as the metrics AWS/Lambda Invocations and Errors count.
func (d *deployed) calls(ctx context.Context) ([]call, error) {
	functions, err := d.functions(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	var out []call
	for room, function := range functions {
		var lines []call
		var counts string
		err := until(ctx, func() (done bool, err error) {
			lines, counts, done, err = d.counted(ctx, function)
			return done && (room != "Finish" || len(lines) >= 2*d.runs), err
		})
		if err != nil {
			return nil, fmt.Errorf("logs and metrics of %s: %w; %s", room, err, counts)
		}
		out = append(out, slices.DeleteFunc(lines, func(c call) bool { return c.Message != "start" })...)
	}
	slices.SortStableFunc(out, func(a, b call) int { return strings.Compare(a.At, b.At) })
	return out, nil
}

var invoked = regexp.MustCompile(`:function:([0-9A-Za-z-]*-([A-Z][a-z]+)Function-[0-9A-Za-z]+)`)

// functions are the names of the functions, by room, as the machine has them.
func (d *deployed) functions(ctx context.Context) (map[string]string, error) {
	var machine struct{ Definition string }
	if err := d.states(ctx, "DescribeStateMachine", map[string]string{"stateMachineArn": d.outputs["StateMachineArn"]}, &machine); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, found := range invoked.FindAllStringSubmatch(machine.Definition, -1) {
		out[found[2]] = found[1]
	}
	return out, nil
}

// counted gives the lines of a function's log, and whether the metrics have
// counted what they say.
func (d *deployed) counted(ctx context.Context, function string) (lines []call, counts string, agreed bool, err error) {
	texts, err := d.logged(ctx, logGroup+function)
	if err != nil {
		return nil, "", false, err
	}
	var begun, failed int
	for _, text := range texts {
		var line call
		if strings.HasPrefix(text, "START ") {
			begun++
		}
		if json.Unmarshal([]byte(text), &line) == nil && line.Room != "" {
			lines = append(lines, line)
		}
		if line.Message == "failed" {
			failed++
		}
	}
	calls, err := d.metric(ctx, function, "Invocations")
	if err != nil {
		return nil, "", false, err
	}
	errors, err := d.metric(ctx, function, "Errors")
	counts = fmt.Sprintf("its log has %d calls, %d failed; the metrics count %d and %d", begun, failed, calls, errors)
	return lines, counts, begun == calls && failed == errors, err
}

// logged are all lines of a log group, none where there is no such group yet.
func (d *deployed) logged(ctx context.Context, group string) ([]string, error) {
	in := map[string]any{"logGroupName": group}
	var lines []string
	for {
		var page struct {
			Events    []struct{ Message string }
			NextToken string
		}
		err := d.cloud.Ask(ctx, "logs", "Logs_20140328.FilterLogEvents", in, &page)
		if err != nil && strings.Contains(err.Error(), "ResourceNotFoundException") {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		for _, event := range page.Events {
			lines = append(lines, strings.TrimRight(event.Message, "\n"))
		}
		if page.NextToken == "" {
			return lines, nil
		}
		in["nextToken"] = page.NextToken
	}
}

// metric is the sum of a function's metric.
func (d *deployed) metric(ctx context.Context, function, name string) (int, error) {
	now := time.Now()
	var seen struct{ Datapoints []struct{ Sum float64 } }
	err := d.cloud.Ask(ctx, "monitoring", "GraniteServiceVersion20100801.GetMetricStatistics", map[string]any{
		"Namespace": "AWS/Lambda", "MetricName": name, "Statistics": []string{"Sum"}, "Period": 86400,
		"Dimensions": []any{map[string]string{"Name": "FunctionName", "Value": function}},
		"StartTime":  now.Add(-24 * time.Hour).Unix(), "EndTime": now.Add(time.Hour).Unix(),
	}, &seen)
	sum := 0.0
	for _, point := range seen.Datapoints {
		sum += point.Sum
	}
	return int(sum), err
}
