package states

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// longestText is how many characters Base64 and Hash take.
const longestText = 10_000

// An intrinsic is one function under States., with how many arguments it
// takes.
type intrinsic struct {
	least, most int
	run         func(s *scope, args []any) (any, error)
}

func (f intrinsic) arity() string {
	switch {
	case f.least == f.most:
		return fmt.Sprintf("%d arguments", f.least)
	case f.most == math.MaxInt:
		return fmt.Sprintf("at least %d arguments", f.least)
	}
	return fmt.Sprintf("%d to %d arguments", f.least, f.most)
}

var intrinsics = map[string]intrinsic{
	"Array":          {0, math.MaxInt, func(_ *scope, args []any) (any, error) { return args, nil }},
	"ArrayContains":  {2, 2, arrayContains},
	"ArrayGetItem":   {2, 2, arrayGetItem},
	"ArrayLength":    {1, 1, arrayLength},
	"ArrayPartition": {2, 2, arrayPartition},
	"ArrayRange":     {3, 3, arrayRange},
	"ArrayUnique":    {1, 1, arrayUnique},
	"Base64Decode":   {1, 1, base64Decode},
	"Base64Encode":   {1, 1, base64Encode},
	"Format":         {1, math.MaxInt, format},
	"Hash":           {2, 2, digest},
	"JsonMerge":      {3, 3, jsonMerge},
	"JsonToString":   {1, 1, func(_ *scope, args []any) (any, error) { return string(encode(args[0])), nil }},
	"MathAdd":        {2, 2, mathAdd},
	"MathRandom":     {2, 3, mathRandom},
	"StringSplit":    {2, 2, stringSplit},
	"StringToJson":   {1, 1, stringToJSON},
	"UUID":           {0, 0, func(*scope, []any) (any, error) { return newUUID(), nil }},
}

func array(args []any) ([]any, error) {
	if list, ok := args[0].([]any); ok {
		return list, nil
	}
	return nil, errors.New("argument 1 must be an array")
}

func text(args []any, i int) (string, error) {
	if s, ok := args[i].(string); ok {
		return s, nil
	}
	return "", fmt.Errorf("argument %d must be a text", i+1)
}

func shortText(args []any) (string, error) {
	s, err := text(args, 0)
	if err == nil && utf8.RuneCountInString(s) > longestText {
		err = fmt.Errorf("argument 1 has more than %d characters", longestText)
	}
	return s, err
}

// integer rounds a number to the nearest whole one of 32 bits, halves up.
func integer(args []any, i int) (int64, error) {
	n, ok := args[i].(json.Number)
	if !ok {
		return 0, fmt.Errorf("argument %d must be a number", i+1)
	}
	f, err := n.Float64()
	if f = math.Floor(f + 0.5); err != nil || f < math.MinInt32 || f > math.MaxInt32 {
		return 0, fmt.Errorf("argument %d is out of range", i+1)
	}
	return int64(f), nil
}
