package arcgistest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"time"
)

// failure is an error as the portal gives it, in HTTP 200.
type failure struct {
	Code        int      `json:"code"`
	MessageCode string   `json:"messageCode,omitempty"`
	Message     string   `json:"message"`
	Details     []string `json:"details"`
}

// The errors that many endpoints share.
var (
	invalidToken  = &failure{Code: 498, Message: "Invalid token.", Details: []string{}}
	tokenRequired = &failure{Code: 499, MessageCode: "GWM_0003", Message: "Token Required", Details: []string{}}
	forbidden     = &failure{Code: 403, MessageCode: "GWM_0003", Message: "You do not have permissions to access this resource or perform this operation.", Details: []string{}}
	missing       = &failure{Code: 400, MessageCode: "CONT_0001", Message: "Item does not exist or is inaccessible.", Details: []string{}}
	timedOut      = &failure{Code: 504, Message: "Your request has timed out.", Details: []string{}}
)

// bad is an error 400 with a text of its own.
func bad(format string, args ...any) reply {
	return reply{fail: &failure{Code: 400, Message: fmt.Sprintf(format, args...), Details: []string{}}}
}

// throttled asks for a pause: in HTTP 200 only the details say how long.
func throttled(wait time.Duration, real bool) reply {
	sec := int(math.Ceil(wait.Seconds()))
	out := reply{fail: &failure{Code: 429, Message: "Unable to perform query. Too many requests.",
		Details: []string{fmt.Sprintf("API calls quota exceeded! maximum admitted 10000 per Minute. Retry after %d sec.", sec)}}}
	if real {
		out.status, out.header = http.StatusTooManyRequests, map[string]string{"Retry-After": fmt.Sprint(sec)}
	}
	return out
}

// reply is an answer before it is written.
type reply struct {
	json     any               // a value, as JSON
	fail     *failure          // or an error
	page     string            // or a page of HTML
	text     []byte            // or bytes as they are, of the type mime
	mime     string            //
	file     *transfer         // or a file, streamed by the portal itself
	location string            // or a redirect
	status   int               // 200 where it is 0
	header   map[string]string //
	cut      bool              // the answer breaks off half-way
	reset    bool              // no answer: the connection breaks
}

func (out reply) write(w http.ResponseWriter, a *ask, jsonOnly bool) {
	if out.reset {
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	for k, v := range out.header {
		h.Set(k, v)
	}
	h.Set("Cache-Control", "no-cache")
	switch {
	case out.location != "":
		h.Set("Location", out.location)
		w.WriteHeader(http.StatusFound)
		return
	case out.file != nil:
		out.file.write(w, a)
		return
	}
	body, mime := out.body(a, jsonOnly)
	h.Set("Content-Type", mime)
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if out.status != 0 {
		w.WriteHeader(out.status)
	}
	if a.Method == http.MethodHead {
		return
	}
	if out.cut {
		w.Write(body[:len(body)/2])           //nolint:errcheck // broken on purpose
		http.NewResponseController(w).Flush() //nolint:errcheck // else nothing of a short one would leave
		panic(http.ErrAbortHandler)
	}
	w.Write(body) //nolint:errcheck // the client may have gone
}

// body is the text of an answer and its type: JSON only when f asks for it.
func (out reply) body(a *ask, jsonOnly bool) ([]byte, string) {
	if out.page != "" {
		return []byte(out.page), "text/html;charset=utf-8"
	}
	if out.mime != "" {
		return out.text, out.mime
	}
	v := out.json
	if out.fail != nil {
		v = map[string]any{"error": out.fail}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	f := a.form.Get("f")
	if f == "pjson" {
		e.SetIndent("", "  ")
	}
	if err := e.Encode(v); err != nil {
		return []byte(err.Error()), "text/plain"
	}
	switch {
	case f != "json" && f != "pjson" && !jsonOnly:
		return []byte("<!DOCTYPE html><html><head><title>ArcGIS Portal Directory</title></head><body><pre>" +
			template.HTMLEscapeString(b.String()) + "</pre></body></html>"), "text/html;charset=utf-8"
	case f == "pjson" || out.fail != nil && a.endpoint != Resource || a.p.rules.mislabel:
		return b.Bytes(), "text/plain;charset=utf-8"
	}
	return b.Bytes(), "application/json;charset=utf-8"
}
