package states

import (
	"errors"
	"fmt"
	"maps"
)

func arrayContains(_ *scope, args []any) (any, error) {
	list, err := array(args)
	for _, v := range list {
		if same(v, args[1]) {
			return true, nil
		}
	}
	return false, err
}

func arrayGetItem(_ *scope, args []any) (any, error) {
	list, err := array(args)
	if err != nil {
		return nil, err
	}
	i, err := integer(args, 1)
	if err != nil {
		return nil, err
	}
	if i < 0 || i >= int64(len(list)) {
		return nil, fmt.Errorf("index %d is outside an array of %d", i, len(list))
	}
	return list[i], nil
}

func arrayLength(_ *scope, args []any) (any, error) {
	list, err := array(args)
	return number(int64(len(list))), err
}

func arrayPartition(_ *scope, args []any) (any, error) {
	list, err := array(args)
	if err != nil {
		return nil, err
	}
	n, err := integer(args, 1)
	if err != nil {
		return nil, err
	}
	if n < 1 {
		return nil, errors.New("argument 2 must be above 0")
	}
	parts := []any{}
	for from := 0; from < len(list); from += int(n) {
		parts = append(parts, list[from:min(from+int(n), len(list))])
	}
	return parts, nil
}

func arrayUnique(_ *scope, args []any) (any, error) {
	list, err := array(args)
	seen, out := map[string]bool{}, []any{}
	for _, v := range list {
		if key := string(encode(v)); !seen[key] {
			seen[key] = true
			out = append(out, v)
		}
	}
	return out, err
}

// jsonMerge is shallow, as Step Functions' is: a third argument of true is
// refused there too.
func jsonMerge(_ *scope, args []any) (any, error) {
	a, okA := args[0].(map[string]any)
	b, okB := args[1].(map[string]any)
	if !okA || !okB || args[2] != false {
		return nil, errors.New("it takes two objects and false")
	}
	m := make(map[string]any, len(a)+len(b))
	maps.Copy(m, a)
	maps.Copy(m, b)
	return m, nil
}
