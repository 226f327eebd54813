package entry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
)

// Names for what is no fault of the portal's or the bucket's. The machine
// repeats them a fixed number of times under States.ALL.
const (
	timedOut   = "Sandbox.Timedout" // as Lambda calls it
	unexpected = "Unexpected"
)

// named makes err the value whose name Step Functions sees. It sees the
// outermost type only, so a wrapped error would arrive as "wrapError"; and it
// forgets how often it repeated a step that fails for good, so the attempt is
// written into the text.
func named(err error, repeat int) error {
	name := string(fault.Of(err))
	switch {
	case name != "":
	case errors.Is(err, context.DeadlineExceeded):
		name = timedOut
	default:
		name = unexpected
	}
	return messages.InvokeResponse_Error{Type: name, Message: err.Error() + attempt(repeat)}
}

// panicked names a panic.
func panicked(value any, repeat int) error {
	return messages.InvokeResponse_Error{Type: unexpected, Message: fmt.Sprintf("panic: %v", value) + attempt(repeat)}
}

func attempt(repeat int) string {
	if repeat == 0 {
		return ""
	}
	return fmt.Sprintf(" [attempt %d]", repeat+1)
}

var attempts = regexp.MustCompile(` \[attempt (\d+)\]$`)

// Said reads what a Catch gave of an error: its text in words, and how often
// the step had been repeated. A function's own error is JSON in a string, the
// cause of others is plain text.
func Said(caught backup.Caught) (text string, repeats int) {
	var function struct {
		ErrorMessage string `json:"errorMessage"`
	}
	text = caught.Cause
	if json.Unmarshal([]byte(caught.Cause), &function) == nil && function.ErrorMessage != "" {
		text = function.ErrorMessage
	}
	found := attempts.FindStringSubmatchIndex(text)
	if found == nil {
		return text, 0
	}
	n, err := strconv.Atoi(text[found[2]:found[3]])
	if err != nil || n < 1 {
		return text, 0
	}
	return text[:found[0]], n - 1
}
