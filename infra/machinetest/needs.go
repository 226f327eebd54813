package machinetest

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// A Need is a right that a role of the stack needed in some run: to do
// something that it did, or that it was refused.
type Need struct {
	Role string // List, Export, …, or Backup, the machine's own
	Verb string // as Roles has them; and secret (to read it), invoke (a function)
	// Key is what for, as template.yaml writes rights: DIR is the
	// backup_directory, a star a name that a run, an item or a person gave.
	Key       string
	Directory bool // the stack has a backup_directory
}

// needs are those of all nights of this test binary, each with a key that it
// was seen with first.
var needs struct {
	sync.Mutex
	seen map[Need]string
}

// Needs are the rights that all roles needed so far, in whatever night, each
// with a key for which it was needed.
func Needs() map[Need]string {
	needs.Lock()
	defer needs.Unlock()
	return maps.Clone(needs.seen)
}

// noted keeps a need, and the key if it is the first of its kind.
func (n Need) noted(key string) {
	needs.Lock()
	defer needs.Unlock()
	if needs.seen == nil {
		needs.seen = map[Need]string{}
	}
	if _, known := needs.seen[n]; !known {
		needs.seen[n] = key
	}
}

// fixed are the names in keys that the layout gives. What a person gave the
// same name is taken for it, which tells two keys apart that are alike and
// never the other way round.
var fixed = []string{
	".mapkeep", "id", "folders", "runs", "run.json", "listing.json", "items.json", "items", "receipts", "transfers",
	"map", "stop", "dead", "finished", "retention.json", "manifest.json",
}

// general is a key, or the beginning of one, without what differs from run to
// run: a right for it as a text is one for all keys that are so made.
func general(key, directory string) string {
	if inside, ok := strings.CutPrefix(key, directory+"/"); ok && directory != "" {
		return "DIR/" + general(inside, "")
	}
	parts := strings.Split(key, "/")
	for i, part := range parts {
		if part != "" && !slices.Contains(fixed, part) {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

// A use is a right that a request to the bucket needs: a verb as Roles has
// them, or what was asked where none of them fits, and the key.
type use struct{ verb, key string }

// uses are the rights that a request needs. S3's reference says them with
// each operation.
func uses(r *http.Request) []use {
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	all := []use{{verb(r.Method, key, r.URL.Query()), key}}
	if key == "" {
		all[0].key = r.URL.Query().Get("prefix")
	}
	if source := r.Header.Get("X-Amz-Copy-Source"); source != "" {
		path, err := url.PathUnescape(source)
		if err != nil {
			path = "/" // from nowhere: no right covers it
		}
		_, from, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		all = append(all, use{"get", from})
		if r.Header.Get("X-Amz-Tagging-Directive") != "REPLACE" && !r.URL.Query().Has("uploadId") {
			all = append(all, use{"gettags", from})
		}
	}
	if r.Header.Get("X-Amz-Tagging") != "" {
		all = append(all, use{"settags", key})
	}
	for name := range r.Header {
		if right := byHeader[name]; right != "" {
			all = append(all, use{right, key})
		}
	}
	return all
}

// byHeader are headers of a PutObject or CopyObject that need a right beside it.
var byHeader = map[string]string{
	"X-Amz-Acl": "setacl", "X-Amz-Grant-Full-Control": "setacl", "X-Amz-Grant-Read": "setacl",
	"X-Amz-Object-Lock-Mode": "lock", "X-Amz-Object-Lock-Legal-Hold": "hold", "X-Amz-Bypass-Governance-Retention": "bypass",
}

// plainParameters are the parameters of a request that change nothing about the right.
var plainParameters = []string{
	"x-id", "list-type", "prefix", "delimiter", "max-keys", "continuation-token", "start-after", "encoding-type", "fetch-owner",
	"partNumber", "part-number-marker", "max-parts", "response-content-type",
}

// verb is what a request does, as Roles has it.
func verb(method, key string, q url.Values) string {
	var sub []string
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(plainParameters, name) {
			sub = append(sub, name)
		}
	}
	asked := strings.TrimSpace(method + " " + strings.Join(sub, " "))
	if key == "" {
		asked = "bucket " + asked
	}
	return cmp.Or(verbs[asked], asked)
}

var verbs = map[string]string{
	"bucket GET": "list", "bucket HEAD": "list",
	"GET": "get", "HEAD": "get", "PUT": "put", "DELETE": "delete",
	"GET tagging": "gettags", "PUT tagging": "settags",
	"POST uploads": "put", "PUT uploadId": "put", "POST uploadId": "put", // parts of one put
	"GET uploadId": "parts", "DELETE uploadId": "abort",
}
