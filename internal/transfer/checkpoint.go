package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/store"
)

// checkpoint is what another process needs to go on: the parts themselves are
// in the bucket, their sums and the check's state here. Parts may have gaps.
type checkpoint struct {
	Key     string        `json:"key"`
	Upload  string        `json:"upload"`
	ETag    string        `json:"etag"` // of the source
	Type    string        `json:"type"`
	Size    int64         `json:"size"` // of the whole, -1 where it is not known
	Parts   []piece       `json:"parts"`
	Content content.State `json:"content"`
	Changes int           `json:"changes"` // how often the source changed while several streams read it
}

func fresh(j Job) checkpoint { return checkpoint{Key: j.Key, Size: -1, Parts: []piece{}} }

// count is how many parts make the whole.
func (c *checkpoint) count() int {
	step := PartSize(1, c.Size)
	return int((c.Size + step - 1) / step)
}

// span is where part n (from 1) begins, and its length.
func (c *checkpoint) span(n int) (from, length int64) {
	step := PartSize(1, c.Size)
	from = int64(n-1) * step
	return from, min(step, c.Size-from)
}

// find is the place of part n in Parts, and whether it is there.
func (c *checkpoint) find(n int) (int, bool) {
	return slices.BinarySearchFunc(c.Parts, int32(n), func(p piece, n int32) int { return int(p.Number - n) })
}

// read gives the checkpoint that an earlier process left, or one of nothing.
func (m *move) read(ctx context.Context) (checkpoint, error) {
	if m.Checkpoint == "" {
		return checkpoint{}, nil
	}
	text, err := m.Store.Get(ctx, m.Checkpoint)
	if errors.Is(err, store.ErrMissing) || errors.Is(err, store.ErrAltered) {
		return checkpoint{}, nil
	}
	if err != nil {
		return checkpoint{}, err
	}
	var c checkpoint
	if json.Unmarshal(text, &c) != nil {
		return checkpoint{}, nil
	}
	return c, nil
}

// Came is how much of a move has come to the bucket, and of how many bytes, as
// its checkpoint says: none before the first part has come, and none of what
// goes at once.
func Came(ctx context.Context, s *store.Store, key string) (bytes, of int64, err error) {
	c, err := (&move{Job: Job{Store: s, Checkpoint: key}}).read(ctx)
	for _, p := range c.Parts {
		bytes += p.Size
	}
	return bytes, c.Size, err
}

// save writes the checkpoint c over the last one, and gives its length.
func (m *move) save(ctx context.Context, c checkpoint) (int, error) {
	if m.Checkpoint == "" {
		return 0, nil
	}
	text, err := json.Marshal(c)
	if err != nil {
		return 0, err
	}
	return len(text), m.Store.Put(ctx, m.Checkpoint, text, "")
}

// recall takes up what an earlier process left of these same bytes, and ends
// the upload of others. It reports an object that is complete already: that
// process died between completing it and saying so.
func (m *move) recall(ctx context.Context) (bool, error) {
	c, err := m.read(ctx)
	if err != nil {
		return false, err
	}
	m.point.Changes = c.Changes
	if !c.usable(&m.point) {
		m.abandon(ctx, c)
		return false, nil
	}
	there, err := m.Store.Parts(ctx, c.Key, c.Upload)
	if errors.Is(err, store.ErrNoUpload) {
		return m.completed(ctx, c)
	}
	if err != nil {
		return false, err
	}
	c.keepOnly(there)
	m.point = c
	return false, nil
}

// usable: the same bytes for the same key, in parts of the lengths that are
// used now, with the sums of all chunks.
func (c *checkpoint) usable(now *checkpoint) bool {
	if c.Key != now.Key || c.Upload == "" || c.ETag != now.ETag || c.Size != now.Size || len(c.Parts) > c.count() {
		return false
	}
	last := int32(0)
	for _, p := range c.Parts {
		if p.Number <= last || int(p.Number) > c.count() {
			return false
		}
		last = p.Number
		_, length := c.span(int(p.Number))
		if p.Size != length || int64(len(p.SHA256)) != (length+backup.Chunk-1)/backup.Chunk*32 {
			return false
		}
	}
	return true
}

// keepOnly forgets parts that the bucket has no more, or others in place of.
func (c *checkpoint) keepOnly(there []store.Part) {
	has := make(map[int32]store.Part, len(there))
	for _, p := range there {
		has[p.Number] = p
	}
	c.Parts = slices.DeleteFunc(c.Parts, func(p piece) bool {
		b := has[p.Number]
		return b.Size != p.Size || b.ETag != p.ETag || b.CRC64NVME != "" && b.CRC64NVME != store.SumText(p.CRC)
	})
}

// forget ends the upload that an earlier process left when there were other
// bytes, or the source gave parts of them.
func (m *move) forget(ctx context.Context) error {
	left, err := m.read(ctx)
	if err == nil {
		m.abandon(ctx, left)
	}
	return err
}

// abandon ends the upload that a checkpoint names, where it names one. What
// can't be ended now is ended by the bucket's lifecycle rule.
func (m *move) abandon(ctx context.Context, c checkpoint) {
	if c.Upload != "" && c.Key != "" {
		_ = m.Store.Abort(ctx, c.Key, c.Upload)
	}
}

// completed finds out whether the upload that is gone became the object.
func (m *move) completed(ctx context.Context, c checkpoint) (bool, error) {
	if len(c.Parts) < c.count() {
		return false, nil
	}
	o, err := m.Store.Head(ctx, m.Key)
	if errors.Is(err, store.ErrMissing) {
		return false, nil
	}
	if err != nil || o.Size != c.Size || o.CRC64NVME != store.SumText(c.crc()) {
		return false, err
	}
	m.point = c
	return true, nil
}
