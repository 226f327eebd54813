package transfer

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/store"
)

// checkpoint is what another process needs to go on: the parts themselves are
// in the bucket, the sums and the check's state here.
type checkpoint struct {
	Key     string        `json:"key"`
	Upload  string        `json:"upload"`
	ETag    string        `json:"etag"` // of the source
	Type    string        `json:"type"`
	Size    int64         `json:"size"` // of the whole, -1 where it is not known
	Done    int64         `json:"done"` // bytes in the parts
	Parts   int           `json:"parts"`
	Ended   bool          `json:"ended"` // these are all
	CRC     uint64        `json:"crc64nvme,string"`
	SHA256  []string      `json:"sha256"`
	Content content.State `json:"content"`
	Anew    int           `json:"anew"` // how often a transfer that had come far began from nothing
}

func fresh(j Job) checkpoint { return checkpoint{Key: j.Key, Size: -1, SHA256: []string{}} }

// goesOn reports whether body is what follows.
func (c checkpoint) goesOn(body *Body) bool {
	return body.From == c.Done && body.ETag == c.ETag && (body.Size < 0 || c.Size < 0 || body.Size == c.Size)
}

// save writes the checkpoint over the last one.
func (m *move) save(ctx context.Context) error {
	text, err := json.Marshal(m.point)
	if err != nil {
		return err
	}
	if err := m.Store.Put(ctx, m.Checkpoint, text, ""); err != nil {
		return err
	}
	m.saved, m.savedAt = m.point.Parts, m.Now()
	return nil
}

// recall takes the checkpoint up, where there is one that can be used. It
// reports an object that is complete already, from the same bytes: the last
// process died between completing it and saying so. What is at most one
// PutObject has none.
func (m *move) recall(ctx context.Context) (bool, error) {
	if m.Checkpoint == "" || m.Size >= 0 && m.Size <= backup.Chunk {
		return false, nil
	}
	text, err := m.Store.Get(ctx, m.Checkpoint)
	if errors.Is(err, store.ErrMissing) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var c checkpoint
	if json.Unmarshal(text, &c) != nil || !c.usable(m.Job) {
		return false, nil
	}
	m.point.Anew = c.Anew
	parts, err := m.Store.Parts(ctx, m.Key, c.Upload)
	if errors.Is(err, store.ErrNoUpload) {
		return m.completed(ctx, c)
	}
	if err != nil {
		return false, err
	}
	if len(parts) < c.Parts || total(parts[:c.Parts]) != c.Done || parts[c.Parts-1].Number != int32(c.Parts) {
		return false, m.Store.Abort(ctx, m.Key, c.Upload)
	}
	m.point, m.parts, m.saved = c, parts[:c.Parts], c.Parts
	m.watch = m.Check.Resume(c.Content)
	if !c.Ended {
		return false, nil
	}
	same, err := m.unchanged(ctx, c)
	if err == nil && !same {
		err = m.anew(ctx)
	}
	return false, err
}

// usable: for this key, with sums of whole chunks.
func (c checkpoint) usable(j Job) bool {
	chunks := (c.Done + backup.Chunk - 1) / backup.Chunk
	return c.Key == j.Key && c.Upload != "" && c.ETag != "" && c.Parts > 0 && c.Done > 0 &&
		(c.Ended || c.Done%backup.Chunk == 0) && int64(len(c.SHA256)) == chunks && c.Content.Seen == c.Done &&
		(c.Size < 0 || c.Done <= c.Size && c.Ended == (c.Done == c.Size)) &&
		(j.Size < 0 || c.Size < 0 || j.Size == c.Size)
}

// completed finds out whether the upload that is gone became the object.
func (m *move) completed(ctx context.Context, c checkpoint) (bool, error) {
	if !c.Ended {
		return false, nil
	}
	o, err := m.Store.Head(ctx, m.Key)
	if errors.Is(err, store.ErrMissing) {
		return false, nil
	}
	if err != nil || o.Size != c.Done || o.CRC64NVME != store.SumText(c.CRC) {
		return false, err
	}
	same, err := m.unchanged(ctx, c)
	if same {
		m.point = c
	}
	return same, err
}

func total(parts []store.Part) int64 {
	var n int64
	for _, p := range parts {
		n += p.Size
	}
	return n
}
