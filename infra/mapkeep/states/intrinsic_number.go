package states

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// longestRange is how many values an ArrayRange may have.
const longestRange = 1000

func arrayRange(_ *scope, args []any) (any, error) {
	var n [3]int64
	for i := range n {
		var err error
		if n[i], err = integer(args, i); err != nil {
			return nil, err
		}
	}
	if n[2] == 0 {
		return nil, errors.New("argument 3 must not be 0")
	}
	list := []any{}
	for at := n[0]; n[2] > 0 && at <= n[1] || n[2] < 0 && at >= n[1]; at += n[2] {
		if len(list) == longestRange {
			return nil, fmt.Errorf("more than %d values", longestRange)
		}
		list = append(list, number(at))
	}
	return list, nil
}

func mathAdd(_ *scope, args []any) (any, error) {
	a, err := integer(args, 0)
	if err != nil {
		return nil, err
	}
	b, err := integer(args, 1)
	if err != nil {
		return nil, err
	}
	if sum := a + b; sum >= math.MinInt32 && sum <= math.MaxInt32 {
		return number(sum), nil
	}
	return nil, errors.New("the sum is out of range")
}

// mathRandom draws from the first argument to just below the second; with a
// third, the seed, always the same.
func mathRandom(s *scope, args []any) (any, error) {
	n := [3]int64{}
	for i := range args {
		var err error
		if n[i], err = integer(args, i); err != nil {
			return nil, err
		}
	}
	if n[0] >= n[1] {
		return nil, errors.New("argument 1 must be below argument 2")
	}
	draw := s.random
	if len(args) == 3 {
		draw = rand.New(rand.NewPCG(uint64(n[2]), 0)).Float64
	}
	return number(n[0] + int64(draw()*float64(n[1]-n[0]))), nil
}
