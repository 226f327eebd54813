package storetest

import "slices"

// A Server is one that the contract is tried on.
type Server string

// The servers that the contract is tried on.
const (
	Versitygw  Server = "versitygw" // embedded, on a folder: what --to DIR is
	MinIO      Server = "MinIO"
	LocalStack Server = "LocalStack"
)

// A Difference is a case in which a server is known to do otherwise than S3.
type Difference struct {
	Server  Server
	Case    string
	Says    []string // each is in an objection of the case, and each objection has one
	Reason  string   // what the server does, and why
	Mapkeep string   // what Mapkeep does about it
}

// Known are all differences that are allowed for.
var Known = slices.Concat(versitygw, minio, localStack)

const (
	neverMade = "makes no such key, whatever backup_directory is"
	titleOnly = "puts _ in place of it in every name that it makes"
)

// versitygw 1.8.0 on a folder, embedded as package objects does.
var versitygw = []Difference{
	{Versitygw, "write: over what was there", []string{"[mapkeep:expired]"},
		"tags stay when an object is written over", "writes only over objects of its own run, which bear no tags"},
	{Versitygw, "copy: over what was there", []string{`"mapkeep": "expired"`},
		"tags stay when an object is copied over", "copies only over objects of its own run, which bear no tags"},
	{Versitygw, "copy: in parts, as above 5 GB", []string{"want the part's own", "Complete of copied parts"},
		"gives each part the checksum of the whole source, and refuses the object for the checksums it gave itself", "copies in one request whatever the length, which the embedded server is set to take"},
	{Versitygw, "key: as if with a version", []string{"Invalid version id", "no such object", "NotFound"},
		"takes ?versionId= in a copy's source for a version even where it is escaped", titleOnly},
	{Versitygw, "key: 255 bytes between slashes", []string{"ExistingObjectIsDirectory", "the bytes differ", "bytes, want 17"},
		"can't write over a file whose name has 228 bytes or more, and keeps the new checksum beside the old bytes then", "makes no name of more than 227 bytes"},
	{Versitygw, "key: control characters", []string{"want true", "List (-want +got)"},
		"shows another character in place of a control character in listings", titleOnly},
	{Versitygw, "key: a file beside its folder", []string{"ObjectParentIsFile"},
		"keeps objects as files, so that a and a/b can't both be", "makes no such keys, and tells the two errors in words"},
	{Versitygw, "key: a slash at the end", []string{"DirectoryObjectContainsData"},
		"takes it for a folder, which holds no bytes", neverMade},
	{Versitygw, "key: two slashes", []string{`Exists("a//b") = false`, "List (-want +got)"},
		"keeps objects as files, by the cleaned path", neverMade},
	{Versitygw, "key: a slash in front", []string{`Exists("/a") = false`, "List (-want +got)"},
		"keeps objects as files, by the cleaned path", neverMade},
	{Versitygw, "key: a dot for a folder", []string{`Exists("a/./b") = false`, "List (-want +got)"},
		"keeps objects as files, by the cleaned path", neverMade},
	{Versitygw, "key: two dots for a folder", []string{`Exists("a/../b") = false`, "List (-want +got)"},
		"keeps objects as files, by the cleaned path", neverMade},
	{Versitygw, "versions: a deletion leaves a marker, and what was there comes back", []string{"VersioningNotConfigured"},
		"the embedded server keeps no versions", "keeps an expired backup for --undo-days before it deletes it"},
	{Versitygw, "versions: a claim can be made again above a marker", []string{"VersioningNotConfigured"},
		"the embedded server keeps no versions", "deletes no claim"},
	{Versitygw, "versions: the newest is read, tagged, listed and copied", []string{"VersioningNotConfigured"},
		"the embedded server keeps no versions", "asks for no version"},
	{Versitygw, "refused: a key of 1,025 bytes", []string{"Put under 1,025 bytes: <nil>"},
		"takes any length that the file system takes", "keeps keys under 1,024 bytes"},
}

// minio is a server of somebody's own, reached by --to s3://.
var minio = []Difference{
	{MinIO, "checksum: in parts, a wrong length is refused", []string{"Complete with a wrong size: <nil>", "want ErrMissing"},
		"does not look at the length that is sent along", "sends the CRC64NVME of the whole too, which is checked"},
	{MinIO, "copy: in parts, as above 5 GB", []string{"checksum missing"},
		"can't copy a part into an upload with checksums", "copies in one request, which MinIO takes up to 5 TiB"},
	{MinIO, "copy: in parts, of an object with another checksum", []string{"checksum missing"},
		"can't copy a part into an upload with checksums", "copies in one request, which MinIO takes up to 5 TiB"},
	{MinIO, "tags: characters and lengths", []string{"InvalidTag"},
		"takes no letters but those of ASCII", "gives tags in ASCII alone; others that a person gave can't be there"},
	{MinIO, "key: a file beside its folder", []string{"List (-want +got)"},
		"takes both, and does not list what lies below an object", "makes no such keys"},
	{MinIO, "key: a slash at the end", []string{"XMinioInvalidObjectName"},
		"takes it as an object, but not in parts", neverMade},
	{MinIO, "key: two slashes", []string{"XMinioInvalidObjectName"},
		"refuses it", neverMade},
	{MinIO, "key: a slash in front", []string{"List (-want +got)"},
		"leaves the slash out", neverMade},
	{MinIO, "key: a dot for a folder", []string{"XMinioInvalidResourceName"},
		"refuses it", neverMade},
	{MinIO, "key: two dots for a folder", []string{"XMinioInvalidResourceName"},
		"refuses it", neverMade},
}

// localStack is a simulation of AWS, in which the stack is tested.
var localStack = []Difference{
	{LocalStack, "create: in parts, of four at once one wins", []string{"won, <nil>; want 1"},
		"looks for an object and completes an upload in two steps", "asks no more of a simulation; AWS answers 409 or 412"},
	{LocalStack, "tags: eleven are refused", []string{"no error"},
		"does not count tags", "gives two, beside those that a person gave"},
	{LocalStack, "key: control characters", []string{"illegal character"},
		"names the key in its answer to a new upload, which no XML can hold (S3 is documented to do so too)", titleOnly},
	{LocalStack, "refused: a name that no bucket can have", []string{"there is no such bucket"},
		"looks for the bucket before it looks at its name", "tells what it is told"},
	{LocalStack, "refused: a wrong secret key", []string{"Put: <nil>", "Folders: <nil>"},
		"checks no signature", "is tried against the other servers"},
	{LocalStack, "refused: an unknown account", []string{"Put: <nil>", "Folders: <nil>"},
		"knows everybody", "is tried against the other servers"},
	{LocalStack, "refused: a session that is not valid", []string{"Put: <nil>", "Folders: <nil>"},
		"knows everybody", "is tried against the other servers"},
	{LocalStack, "refused: another region", []string{"Put: <nil>", "Folders: <nil>"},
		"serves all regions", "is tried against the other servers"},
	{LocalStack, "refused: a clock that is an hour late", []string{"Put: <nil>", "Folders: <nil>"},
		"checks no signature", "is tried against the other servers"},
}

// byChance are cases of a race: one that is known to be lost need not be lost
// each time.
var byChance = []string{"create: in parts, of four at once one wins"}

// of is the row about one case at one server, if there is one.
func of(server Server, name string) (Difference, bool) {
	for _, d := range Known {
		if d.Server == server && d.Case == name {
			return d, true
		}
	}
	return Difference{}, false
}
