package arcgis

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The types of this file read JSON as portals write it: fields that are null
// or of another type than the documents say become empty, not errors.

// text is a string; a number or a truth value is taken as it is written.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	*t = ""
	var s string
	switch {
	case json.Unmarshal(b, &s) == nil:
		*t = text(s)
	case b[0] != '{' && b[0] != '[':
		*t = text(b)
	}
	return nil
}

// texts is a list of strings; a single string counts as a list split at its
// commas, for that is how lists are written.
type texts []string

func (t *texts) UnmarshalJSON(b []byte) error {
	*t = nil
	var list []text
	if json.Unmarshal(b, &list) == nil {
		for _, s := range list {
			*t = append(*t, string(s))
		}
		return nil
	}
	var s text
	if _ = s.UnmarshalJSON(b); s != "" {
		for _, part := range strings.Split(string(s), ",") {
			*t = append(*t, strings.TrimSpace(part))
		}
	}
	return nil
}

// number is a whole number, also one in quotes or with a fraction; there
// tells whether the field held one.
type number struct {
	n     int64
	there bool
}

func (n *number) UnmarshalJSON(b []byte) error {
	*n = number{}
	var s text
	_ = s.UnmarshalJSON(b)
	if i, err := strconv.ParseInt(string(s), 10, 64); err == nil {
		*n = number{i, true}
	} else if f, err := strconv.ParseFloat(string(s), 64); err == nil && f > -1e18 && f < 1e18 {
		*n = number{int64(f), true}
	}
	return nil
}

// time reads milliseconds since 1970; -1 and nothing are the zero time.
func (n number) time() time.Time {
	if !n.there || n.n <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(n.n).UTC()
}

// flag is a truth value that may be missing.
type flag struct{ is, there bool }

func (f *flag) UnmarshalJSON(b []byte) error {
	*f = flag{}
	var s text
	_ = s.UnmarshalJSON(b)
	if v, err := strconv.ParseBool(string(s)); err == nil {
		*f = flag{v, true}
	}
	return nil
}

// unmarshal reads JSON that may begin with a byte order mark and hold raw
// control characters inside its strings, as texts that people typed do.
func unmarshal(b []byte, into any) error {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	err := json.Unmarshal(b, into)
	if err != nil {
		if mended := escapeControls(b); mended != nil {
			return json.Unmarshal(mended, into)
		}
	}
	return err
}

// escapeControls writes raw control characters inside strings as escapes;
// nil when there are none.
func escapeControls(b []byte) []byte {
	var out bytes.Buffer
	inside, found := false, false
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case inside && c == '\\' && i+1 < len(b):
			out.WriteByte(c)
			i++
			c = b[i]
		case c == '"':
			inside = !inside
		}
		if inside && c < ' ' {
			found = true
			fmt.Fprintf(&out, `\u%04x`, c)
			continue
		}
		out.WriteByte(c)
	}
	if !found {
		return nil
	}
	return out.Bytes()
}
