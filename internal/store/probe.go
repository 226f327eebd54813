package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// Probe writes two small objects of fixed names under
// <prefix>.mapkeep/runs/ and finds out whether the bucket has what a backup
// needs: conditional writes, CRC64NVME (of whole objects and of uploads in
// parts), tags. What it lacks is fault.StoreRefused by name; a right that is
// missing is what the verb says. The objects stay, as nothing here deletes,
// and expire with all of .mapkeep/runs/; the next probe writes over them.
func (s *Store) Probe(ctx context.Context, prefix string) error {
	key := prefix + ".mapkeep/runs/probe"
	for _, step := range []struct {
		needs string
		try   func(context.Context, string) error
	}{
		{"CRC64NVME checksums", s.probeSum},
		{"conditional writes (If-None-Match)", s.probeCreate},
		{"object tags", s.probeTags},
		{"uploads in parts with a CRC64NVME of the whole", s.probeParts},
	} {
		err := step.try(ctx, key)
		if errors.Is(err, errLacks) || code(err) == "NotImplemented" {
			err = fault.As(fault.StoreRefused, fmt.Errorf("the bucket %s has no %s, which a backup needs: %w", s.bucket, step.needs, err))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var errLacks = errors.New("it took a request and did not do what it asks")

func (s *Store) probeSum(ctx context.Context, key string) error {
	body := []byte(`{"probe": true}`)
	if err := s.Put(ctx, key, body, typeJSON); err != nil {
		return err
	}
	o, err := s.Head(ctx, key)
	if err == nil && o.CRC64NVME != Sum(body) {
		return errLacks
	}
	return err
}

func (s *Store) probeCreate(ctx context.Context, key string) error {
	created, err := s.Create(ctx, key, []byte(`{"probe": false}`))
	if created {
		return errLacks
	}
	return err
}

func (s *Store) probeTags(ctx context.Context, key string) error {
	if err := s.Tag(ctx, key, map[string]string{"mapkeep-probe": "yes"}); err != nil {
		return err
	}
	tags, err := s.Tags(ctx, key)
	if err == nil && tags["mapkeep-probe"] != "yes" {
		return errLacks
	}
	return err
}

func (s *Store) probeParts(ctx context.Context, key string) error {
	key += "-parts"
	upload, err := s.Begin(ctx, key, typeJSON)
	if err != nil {
		return err
	}
	body := []byte(`{"probe": true}`)
	p, err := s.Part(ctx, key, upload, 1, body)
	if err == nil {
		_, err = s.Complete(ctx, key, upload, []Part{p}, p.Size, p.CRC64NVME)
	}
	if errors.Is(err, errDiffers) {
		return errLacks
	}
	if err != nil {
		return errors.Join(err, s.Abort(ctx, key, upload))
	}
	return nil
}
