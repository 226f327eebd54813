package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A source reads a JSON document piece by piece. It is the other half of
// sink. A document that ends too early is io.ErrUnexpectedEOF.
type source struct{ dec *json.Decoder }

func newSource(r io.Reader) source { return source{json.NewDecoder(r)} }

// object calls field at the value of each key of the object that comes next;
// field has to read the value.
func (s source) object(field func(key string) error) error {
	if err := s.delim('{'); err != nil {
		return err
	}
	for s.dec.More() {
		key, err := s.token()
		if err != nil {
			return err
		}
		name, ok := key.(string)
		if !ok {
			return fmt.Errorf("%v in place of a key", key)
		}
		if err := field(name); err != nil {
			return err
		}
	}
	return s.delim('}')
}

// array calls element at each element of the array that comes next; element
// has to read it.
func (s source) array(element func() error) error {
	if err := s.delim('['); err != nil {
		return err
	}
	for s.dec.More() {
		if err := element(); err != nil {
			return err
		}
	}
	return s.delim(']')
}

// decode reads one value as a whole.
func (s source) decode(into any) error { return cut(s.dec.Decode(into)) }

// skip reads over one value without holding it.
func (s source) skip() error {
	for depth := 0; ; {
		t, err := s.token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// end makes sure that nothing follows.
func (s source) end() error {
	_, err := s.dec.Token()
	if err == io.EOF {
		return nil
	}
	if err == nil {
		err = errors.New("something follows after the end")
	}
	return err
}

// key reads the key that comes next, which must be name.
func (s source) key(name string) error {
	got, err := s.token()
	if err == nil && got != name {
		err = fmt.Errorf("%v in place of %q", got, name)
	}
	return err
}

func (s source) delim(want json.Delim) error {
	got, err := s.token()
	if err == nil && got != want {
		err = fmt.Errorf("%v in place of %v", got, want)
	}
	return err
}

func (s source) token() (json.Token, error) {
	t, err := s.dec.Token()
	return t, cut(err)
}

func cut(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
