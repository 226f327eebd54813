package states

import (
	"context"
	"encoding/json"
	"errors"
	"io"
)

// A source is where a Map finds its items: ItemReader, or ItemsPath.
type source interface {
	open(ctx context.Context, v *visit, in any) (items, error)
}

// items are read one by one.
type items interface {
	next() (value any, ok bool, err error)
	close()
}

// fromPath takes an array of the Map's input.
type fromPath struct{ path *path }

func (f fromPath) open(_ context.Context, v *visit, in any) (items, error) {
	value, err := v.eval(f.path, in)
	if err != nil {
		return nil, err
	}
	list, ok := value.([]any)
	if !ok {
		return nil, failed(nameRuntime, "The items at '%s' are no array", f.path.text)
	}
	return &listed{list}, nil
}

type listed struct{ rest []any }

func (l *listed) next() (any, bool, error) {
	if len(l.rest) == 0 {
		return nil, false, nil
	}
	value := l.rest[0]
	l.rest = l.rest[1:]
	return value, true, nil
}

func (*listed) close() {}

// fromObject reads a JSON array from a bucket, as s3:getObject with
// InputType JSON does. Objects as lists are not in our subset.
type fromObject struct {
	at   expr  // Parameters: Bucket, Key
	most int64 // MaxItems; 0: all
}

func (f fromObject) open(ctx context.Context, v *visit, in any) (items, error) {
	at, err := v.eval(f.at, in)
	if err != nil {
		return nil, err
	}
	bucket, key, err := location(at, "Key")
	if err != nil {
		return nil, err
	}
	if v.x.e.Objects == nil {
		return nil, failed(nameReader, "no object store was given")
	}
	body, err := v.x.e.Objects.Get(ctx, bucket, key)
	if err != nil {
		return nil, failed(nameReader, "read %s/%s: %v", bucket, key, err)
	}
	s := &streamed{body: body, json: json.NewDecoder(body), name: bucket + "/" + key, left: f.most}
	s.json.UseNumber()
	if open, err := s.json.Token(); err != nil || open != json.Delim('[') {
		s.close()
		return nil, s.wrong(err)
	}
	return s, nil
}

// location takes a bucket and a key or prefix out of evaluated Parameters.
func location(at any, second string) (bucket, key string, err error) {
	m, _ := at.(map[string]any)
	bucket, okBucket := m["Bucket"].(string)
	value, there := m[second]
	key, okKey := value.(string)
	if !okBucket || there && !okKey {
		return "", "", failed(nameRuntime, "Bucket and %s must be texts, got %s", second, encode(at))
	}
	return bucket, key, nil
}

type streamed struct {
	body io.ReadCloser
	json *json.Decoder
	name string
	left int64 // of MaxItems; 0: no bound
	end  bool
}

func (s *streamed) next() (any, bool, error) {
	if s.end {
		return nil, false, nil
	}
	if !s.json.More() {
		s.end = true
		return nil, false, s.complete()
	}
	var value any
	if err := s.json.Decode(&value); err != nil {
		return nil, false, s.wrong(err)
	}
	if s.left > 0 {
		s.left--
		s.end = s.left == 0
	}
	return value, true, nil
}

// complete looks at what follows the last item.
func (s *streamed) complete() error {
	if _, err := s.json.Token(); err != nil {
		return s.wrong(err)
	}
	if _, err := s.json.Token(); err != io.EOF {
		return s.wrong(errors.New("something follows the array"))
	}
	return nil
}

func (s *streamed) wrong(err error) error {
	if err == nil {
		err = errors.New("it is no JSON array")
	}
	return failed(nameReader, "read %s: %v", s.name, err)
}

func (s *streamed) close() { _ = s.body.Close() } // read only
