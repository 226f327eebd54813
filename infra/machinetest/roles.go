package machinetest

import (
	"net/http"
	"net/url"
	"strings"
)

// Roles say whether a role (List, Export, …, or Backup, the machine's own)
// may do something to a key: get, put, list (the key is the prefix), gettags,
// settags, parts, abort. It is called from one goroutine at a time.
type Roles func(role, verb, key string) bool

// ActsInRoles lets the bucket refuse what a role may not do, as IAM makes it;
// and as without a right to list all keys, one that is missing is forbidden
// rather than not found.
func (n *Night) ActsInRoles(roles Roles) *Night {
	n.strain.mu.Lock()
	defer n.strain.mu.Unlock()
	n.strain.roles = roles
	return n
}

// allow asks for each right that a request needs.
func (may Roles) allow(role string, r *http.Request) bool {
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	q, ok := r.URL.Query(), true
	ask := func(verb, key string) { ok = may(role, verb, key) && ok }
	switch {
	case key == "":
		ask("list", q.Get("prefix"))
	case q.Has("tagging") && r.Method == http.MethodGet:
		ask("gettags", key)
	case q.Has("tagging"):
		ask("settags", key)
	case q.Has("uploadId") && r.Method == http.MethodGet:
		ask("parts", key)
	case r.Method == http.MethodDelete && q.Has("uploadId"):
		ask("abort", key)
	case r.Method == http.MethodDelete:
		ask("delete", key)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		ask("get", key)
	default:
		ask("put", key)
	}
	if source := r.Header.Get("X-Amz-Copy-Source"); source != "" {
		path, err := url.PathUnescape(source)
		_, from, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		ok = ok && err == nil
		ask("get", from)
		if r.Header.Get("X-Amz-Tagging-Directive") != "REPLACE" && !q.Has("uploadId") {
			ask("gettags", from)
		}
	}
	if r.Header.Get("X-Amz-Tagging") != "" {
		ask("settags", key)
	}
	return ok
}
