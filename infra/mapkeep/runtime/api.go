package runtime

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

const (
	api = "/{child}/2018-06-01/runtime"
	// maxAnswer is Lambda's limit of a synchronous answer, as its own error message gives it.
	maxAnswer = 6_291_556
	// maxError is far more than a stack trace needs.
	maxError = 1 << 20

	account = "arn:aws:lambda:local:000000000000:function:"
)

// routes are the Runtime API's four, each under the token of one child.
func (h *Host) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+api+"/invocation/next", h.pool.by(next))
	mux.HandleFunc("POST "+api+"/invocation/{id}/response", h.pool.by(response))
	mux.HandleFunc("POST "+api+"/invocation/{id}/error", h.pool.by(invocationError))
	mux.HandleFunc("POST "+api+"/init/error", h.pool.by(initError))
	return mux
}

// next waits for work and hands it out. The wait has no end of its own: the
// child goes, or it is given something.
func next(c *child, w http.ResponseWriter, r *http.Request) {
	select {
	case c.ready <- struct{}{}:
	default: // it asks again after a broken connection
	}
	select {
	case <-r.Context().Done():
	case i := <-c.work:
		header := w.Header()
		header.Set("Content-Type", "application/json")
		header.Set("Lambda-Runtime-Aws-Request-Id", i.id)
		header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(i.deadline.UnixMilli(), 10))
		header.Set("Lambda-Runtime-Invoked-Function-Arn", account+i.function)
		w.Write(i.payload) //nolint:errcheck // a child that does not read it has ended
	}
}

func response(c *child, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer+1))
	if err != nil {
		return // the child ended while it spoke; that is what is reported
	}
	if len(body) > maxAnswer {
		accept(c, w, r, outcome{err: tooLarge()}, http.StatusRequestEntityTooLarge)
		return
	}
	accept(c, w, r, outcome{answer: body}, http.StatusAccepted)
}

func invocationError(c *child, w http.ResponseWriter, r *http.Request) {
	accept(c, w, r, outcome{err: posted(r)}, http.StatusAccepted)
}

// accept notes the outcome and answers with status, or says that nobody asked.
func accept(c *child, w http.ResponseWriter, r *http.Request, o outcome, status int) {
	if !c.finish(r.PathValue("id"), o) {
		http.Error(w, `{"errorMessage":"not the invocation at work","errorType":"InvalidRequestID"}`, http.StatusBadRequest)
		return
	}
	w.WriteHeader(status)
}

func initError(c *child, w http.ResponseWriter, r *http.Request) {
	failed := posted(r)
	c.mu.Lock()
	c.failed = failed
	c.mu.Unlock()
	w.WriteHeader(http.StatusAccepted)
}

// posted reads an error that a child reports. Step Functions takes its type
// for the name and the whole body, as text, for the cause.
func posted(r *http.Request) *Error {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxError))
	var told struct{ ErrorType string }
	if err == nil {
		err = json.Unmarshal(body, &told)
	}
	if told.ErrorType == "" {
		told.ErrorType = r.Header.Get("Lambda-Runtime-Function-Error-Type")
	}
	switch {
	case told.ErrorType == "":
		return newError("Lambda.Unknown", fmt.Sprintf("an error without a type: %.200s", body))
	case err != nil:
		return newError(told.ErrorType, fmt.Sprintf("%.200s", body))
	}
	return &Error{Name: told.ErrorType, Cause: string(body)}
}
