package runtime

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"
)

// Error is a failed invocation as Step Functions' Lambda integration shows it.
type Error struct {
	// Name is what ErrorEquals is compared with.
	Name string
	// Cause is JSON text with errorMessage, errorType and maybe stackTrace.
	Cause string
}

// Error gives both.
func (e *Error) Error() string { return e.Name + ": " + e.Cause }

// newError is an error that Lambda itself reports.
func newError(name, message string) *Error {
	cause, _ := json.Marshal(struct { //nolint:errchkjson // two strings always are JSON
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}{name, message})
	return &Error{Name: name, Cause: string(cause)}
}

func notFound(function string) *Error {
	return newError("Lambda.ResourceNotFoundException", "Function not found: "+account+function)
}

// notStarted is the operating system's no to a new process. It may be for want
// of memory or processes, so it has the name of Lambda's own passing troubles.
func notStarted(err error) *Error {
	return newError("Lambda.ServiceException", "start a process: "+err.Error())
}

func timedOut(id string, timeout time.Duration) *Error {
	return newError("Sandbox.Timedout", fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", id, timeout.Seconds()))
}

// exited is a process that ended by itself; err is from Wait, nil for status 0.
func exited(id string, err error) *Error {
	how := "Runtime exited without providing a reason"
	if err != nil {
		how = "Runtime exited with error: " + err.Error()
	}
	return newError("Runtime.ExitError", fmt.Sprintf("RequestId: %s Error: %s", id, how))
}

func tooLarge() *Error {
	return newError("Function.ResponseSizeTooLarge",
		fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", maxAnswer))
}

// newID is a random UUID, the form of Lambda's request ids.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) //nolint:errcheck // it never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
