package backup

import "time"

// Chunk is the length in bytes of the pieces that a file's SHA-256 list
// counts; the last one may be shorter.
const Chunk = 16 << 20

// A File is one object of a backup.
type File struct {
	Key       string   `json:"key"` // in records the bucket key; in the manifest relative to the folder
	Item      *string  `json:"item"`
	Size      int64    `json:"size"`
	CRC64NVME string   `json:"crc64nvme"` // base64, as S3 shows it
	Chunk     int64    `json:"chunk"`
	SHA256    []string `json:"sha256"` // hex of each chunk; empty for an empty object
}

// A Receipt is what Download leaves for Close when an item's bytes are all in
// the bucket: .mapkeep/runs/<run>/receipts/<item>.json.
type Receipt struct {
	Title       string    `json:"title"` // from the item read by id
	Type        string    `json:"type"`
	Owner       string    `json:"owner"`
	Modified    time.Time `json:"modified"`
	Way         Way       `json:"way"`
	Format      string    `json:"format"`
	Fingerprint string    `json:"fingerprint"`
	Data        *File     `json:"data"`        // nil by description
	Description File      `json:"description"` // the .item.json
	Seconds     float64   `json:"seconds"`     // spent downloading, over all hand-overs
	Warnings    []string  `json:"warnings"`
}

// A Record is the last word on one item, written by Close to
// .mapkeep/runs/<run>/items/<item>.json. The records, not the execution, are
// what Finish believes.
type Record struct {
	ID          string    `json:"id"`
	Title       string    `json:"title"`
	Type        string    `json:"type"`
	Owner       string    `json:"owner"`
	Modified    time.Time `json:"modified"`
	Folder      string    `json:"folder"`
	Status      string    `json:"status"` // "" shows as null
	Success     bool      `json:"success"`
	Gone        bool      `json:"gone"` // it vanished, and its owner's listing says so: skipped, not failed
	Retries     int       `json:"retries"`
	Failure     Failure   `json:"failure"`
	Way         Way       `json:"way"`
	Format      string    `json:"format"`
	Fingerprint string    `json:"fingerprint"`
	Data        *File     `json:"data"`
	Description *File     `json:"description"`
	Started     time.Time `json:"started"`
	Finished    time.Time `json:"finished"`
	Seconds     Seconds   `json:"seconds"`
	Warnings    []string  `json:"warnings"`
	Execution   string    `json:"execution"`
}

// Seconds are how long an item's steps took.
type Seconds struct {
	Export   float64 `json:"export"`
	Download float64 `json:"download"`
}
