package states

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
)

// results takes how the children of a Map ended. Its methods are called one
// at a time.
type results interface {
	add(ctx context.Context, x *execution, o outcome) error
	pending(ctx context.Context, input any) error
	finish(ctx context.Context) (any, error)
}

func (r *mapRun) sink() (results, error) {
	if r.m.writer == nil {
		return &collected{}, nil
	}
	at, err := r.v.eval(r.m.writer, r.in)
	if err != nil {
		return nil, err
	}
	bucket, prefix, err := location(at, "Prefix")
	if err != nil {
		return nil, err
	}
	if prefix != "" {
		prefix += "/"
	}
	return &written{
		objects: r.v.x.e.Objects, bucket: bucket, prefix: prefix + r.id + "/",
		arn: arn + "mapRun:" + r.v.x.machine + "/" + r.m.label + ":" + r.id,
		files: map[string]*file{
			"SUCCEEDED": {name: "SUCCEEDED"}, "FAILED": {name: "FAILED"}, "PENDING": {name: "PENDING"},
		},
	}, nil
}

// collected makes the array of all outputs; a failed child's place holds its
// row. What grows beyond the payload limit is let go at once.
type collected struct {
	outputs []any
	bytes   int
}

func (c *collected) add(_ context.Context, x *execution, o outcome) error {
	output := o.output
	if o.status != Succeeded {
		output, _ = decode(rowOf(x, o))
	}
	if c.bytes += size(output) + 1; c.bytes > payloadLimit {
		c.outputs = nil
		return nil
	}
	for len(c.outputs) <= x.child {
		c.outputs = append(c.outputs, nil)
	}
	c.outputs[x.child] = output
	return nil
}

func (*collected) pending(context.Context, any) error { return nil }

func (c *collected) finish(context.Context) (any, error) {
	if c.bytes > payloadLimit {
		return nil, failed(nameLimit, "the outputs of the Map's children have more than %d bytes", payloadLimit)
	}
	return append([]any{}, c.outputs...), nil
}

// sheet is how many bytes of rows are held before they are written. Step
// Functions fills files of 5 GB; ours are small, so that memory stays so.
const sheet = 8 << 20

// written puts a row for each child into objects SUCCEEDED_n.json,
// FAILED_n.json (aborted ones too) and PENDING_n.json, and names them in
// manifest.json.
type written struct {
	objects             Objects
	bucket, prefix, arn string
	files               map[string]*file
}

type file struct {
	name string
	rows bytes.Buffer
	done []part
}

type part struct {
	Key  string
	Size int64
}

func (w *written) add(ctx context.Context, x *execution, o outcome) error {
	name := "FAILED"
	if o.status == Succeeded {
		name = "SUCCEEDED"
	}
	return w.row(ctx, name, rowOf(x, o))
}

func (w *written) pending(ctx context.Context, input any) error {
	return w.row(ctx, "PENDING", encode(map[string]any{"Input": string(encode(input)), "Status": "PENDING"}))
}

func (w *written) row(ctx context.Context, name string, row json.RawMessage) error {
	f := w.files[name]
	if f.rows.Len() == 0 {
		f.rows.WriteByte('[')
	} else {
		f.rows.WriteByte(',')
	}
	f.rows.Write(row)
	if f.rows.Len() < sheet {
		return nil
	}
	return w.flush(ctx, f)
}

func (w *written) flush(ctx context.Context, f *file) error {
	if f.rows.Len() == 0 {
		return nil
	}
	f.rows.WriteByte(']')
	p := part{w.prefix + f.name + "_" + strconv.Itoa(len(f.done)) + ".json", int64(f.rows.Len())}
	err := w.put(ctx, p.Key, f.rows.Bytes())
	f.rows.Reset()
	f.done = append(f.done, p)
	return err
}

func (w *written) put(ctx context.Context, key string, body []byte) error {
	if w.objects == nil {
		return failed(nameWriter, "no object store was given")
	}
	if err := w.objects.Put(ctx, w.bucket, key, bytes.NewReader(body), int64(len(body))); err != nil {
		return failed(nameWriter, "write %s/%s: %v", w.bucket, key, err)
	}
	return nil
}

// finish writes what is left and the manifest, and answers where that lies.
func (w *written) finish(ctx context.Context) (any, error) {
	listed := map[string]any{}
	for name, f := range w.files {
		if err := w.flush(ctx, f); err != nil {
			return nil, err
		}
		listed[name] = append([]part{}, f.done...)
	}
	manifest := encode(map[string]any{"DestinationBucket": w.bucket, "MapRunArn": w.arn, "ResultFiles": listed})
	key := w.prefix + "manifest.json"
	if err := w.put(ctx, key, manifest); err != nil {
		return nil, err
	}
	details := map[string]any{"Bucket": w.bucket, "Key": key}
	return map[string]any{"MapRunArn": w.arn, "ResultWriterDetails": details}, nil
}
