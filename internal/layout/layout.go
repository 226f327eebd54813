// Package layout turns the words of a backup into keys of the bucket and
// back. It is the only place that puts slashes between names, and it is pure:
// it reads and writes nothing. Names that people chose (titles, tags) become
// safe names here; start with Layout for keys and Safe for names.
//
// A store of plain files can't hold both an object a and an object a/b, so
// no key made here is a folder of another.
package layout

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// A Layout knows where in a bucket one stack's backups and working files
// lie. All its keys are whole bucket keys.
type Layout struct {
	Prefix    string // stands before everything: PREFIX of --to s3://BUCKET/PREFIX; "" in the cloud
	Directory string // the setting backup_directory
}

// working is the folder of working files, below Prefix.
const working = backup.WorkingFolder

// manifest is the name of a run folder's manifest.
const manifest = "manifest.json"

// Base is the key under which the folders of runs lie, "" for the whole
// bucket.
func (l Layout) Base() string { return join(l.Prefix, l.Directory) }

// BasePrefix is what the keys of all runs' folders begin with: Base and a
// slash, or "".
func (l Layout) BasePrefix() string { return Inside(l.Base()) }

// Folder is the key of a run's folder, without a slash at the end.
func (l Layout) Folder(name string) string { return join(l.Base(), name) }

// Manifest is the key of the manifest in a run's folder.
func (l Layout) Manifest(folderKey string) string { return join(folderKey, manifest) }

// Log is the key of the log in a run's folder: <folder>/<folder>.json.
func (l Layout) Log(folderKey string) string { return join(folderKey, Name(folderKey)+".json") }

// Data is the key of an item's data. ext is without the dot, "" for none.
func (l Layout) Data(folderKey, tagFolder, title, suffix, id, ext string) string {
	return join(folderKey, tagFolder, FileName(title, suffix, id, ext))
}

// Description is the key of an item's own description, its .item.json.
func (l Layout) Description(folderKey, tagFolder, title, suffix, id string) string {
	return join(folderKey, tagFolder, FileName(title, suffix, id, "item.json"))
}

// RunsPrefix is what the working keys of all runs begin with.
func (l Layout) RunsPrefix() string { return join(l.Prefix, working, "runs") + "/" }

// RunPrefix is what the working keys of one run begin with.
func (l Layout) RunPrefix(run string) string { return l.RunsPrefix() + run + "/" }

// Run is the key of what List fixed: backup.Run.
func (l Layout) Run(run string) string { return l.RunPrefix(run) + "run.json" }

// Listing is the key of what List found: backup.Listing.
func (l Layout) Listing(run string) string { return l.RunPrefix(run) + "listing.json" }

// Items is the key of the list that the Map reads.
func (l Layout) Items(run string) string { return l.RunPrefix(run) + "items.json" }

// RecordsPrefix is what the keys of all records of a run begin with.
func (l Layout) RecordsPrefix(run string) string { return l.RunPrefix(run) + "items/" }

// Record is the key of an item's record, written by Close.
func (l Layout) Record(run, id string) string { return l.RecordsPrefix(run) + safeID(id) + ".json" }

// Receipt is the key of what Download leaves for Close.
func (l Layout) Receipt(run, id string) string {
	return l.RunPrefix(run) + "receipts/" + safeID(id) + ".json"
}

// Checkpoint is the key of how far a transfer has come.
func (l Layout) Checkpoint(run, id string) string {
	return l.RunPrefix(run) + "transfers/" + safeID(id) + ".json"
}

// Stop is the key that says that the portal refused the sign-in: no room of
// the run tries it again.
func (l Layout) Stop(run string) string { return l.RunPrefix(run) + "stop" }

// Dead is the key that says that the run will never go on.
func (l Layout) Dead(run string) string { return l.RunPrefix(run) + "dead" }

// Finished is the key that says that the run came to its end.
func (l Layout) Finished(run string) string { return l.RunPrefix(run) + "finished" }

// Plan is the key of what the run decided about retention.
func (l Layout) Plan(run string) string { return l.RunPrefix(run) + "retention.json" }

// Results is the prefix, without a slash at the end, under which the Map's
// ResultWriter puts its files.
func (l Layout) Results(run string) string { return l.RunPrefix(run) + "map" }

// Claims is what the keys of all claims in this backup_directory begin with.
func (l Layout) Claims() string {
	sum := sha256.Sum256([]byte(l.Directory))
	return join(l.Prefix, working, "folders", hex.EncodeToString(sum[:])) + "/"
}

// Claim is the key by which a run takes the name of its folder.
func (l Layout) Claim(folder string) string { return l.Claims() + folder }

// ID is the key of the bucket's own tag for temporary exports.
func (l Layout) ID() string { return join(l.Prefix, working, "id") }

// Inside is what every key in a folder begins with; Inside("") is "".
func Inside(folderKey string) string {
	if folderKey == "" {
		return ""
	}
	return folderKey + "/"
}

// Name is the last part of a key; a slash at the end does not count. It
// turns the common prefixes of a listing into names of folders.
func Name(key string) string {
	key = strings.TrimSuffix(key, "/")
	return key[strings.LastIndexByte(key, '/')+1:]
}

// Relative is a key as a manifest says it: without its run's folder. ok is
// false for a key that is not in the folder.
func Relative(folderKey, key string) (relative string, ok bool) {
	relative, ok = strings.CutPrefix(key, Inside(folderKey))
	return relative, ok && relative != ""
}

// Under is the key that Relative made shorter.
func Under(folderKey, relative string) string { return join(folderKey, relative) }

// maxPrefix keeps every key below S3's 1,024 bytes.
const maxPrefix = 100

// ParsePrefix reads PREFIX of s3://BUCKET/PREFIX: outer slashes are dropped;
// more than 100 bytes, empty parts, the parts "." and ".." and control
// characters are refused.
func ParsePrefix(text string) (string, error) {
	prefix := strings.Trim(text, "/")
	if prefix == "" {
		return "", nil
	}
	if len(prefix) > maxPrefix {
		return "", fmt.Errorf("prefix %q has %d bytes: at most %d are allowed", prefix, len(prefix), maxPrefix)
	}
	for _, part := range strings.Split(prefix, "/") {
		if part == "" || part == "." || part == ".." || part == working || strings.ContainsFunc(part, isControl) {
			return "", fmt.Errorf("prefix %q can't be used: no part of it may be empty, %q, %q or %q, or hold control characters", prefix, ".", "..", working)
		}
	}
	return prefix, nil
}

func isControl(r rune) bool { return r < 0x20 || 0x7f <= r && r < 0xa0 || r == '\ufffd' }

// join puts slashes between the parts that are not empty.
func join(parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "/")
}
