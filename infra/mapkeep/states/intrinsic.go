package states

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// Bounds of Step Functions: longest text for Base64 and Hash in characters,
// longest ArrayRange, and largest whole number of MathAdd and MathRandom.
const (
	longestText  = 10_000
	longestRange = 1000
)

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
	"Hash":           {2, 2, hash},
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
	return nil, fmt.Errorf("argument 1 must be an array")
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

// integer rounds a number to the nearest whole one of 32 bits.
func integer(args []any, i int) (int64, error) {
	n, ok := args[i].(json.Number)
	if !ok {
		return 0, fmt.Errorf("argument %d must be a number", i+1)
	}
	f, err := n.Float64()
	if f = math.Round(f); err != nil || f < math.MinInt32 || f > math.MaxInt32 {
		return 0, fmt.Errorf("argument %d is out of range", i+1)
	}
	return int64(f), nil
}

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
		return nil, fmt.Errorf("argument 2 must be above 0")
	}
	parts := []any{}
	for from := 0; from < len(list); from += int(n) {
		parts = append(parts, list[from:min(from+int(n), len(list))])
	}
	return parts, nil
}

func arrayRange(_ *scope, args []any) (any, error) {
	var n [3]int64
	for i := range n {
		var err error
		if n[i], err = integer(args, i); err != nil {
			return nil, err
		}
	}
	if n[2] == 0 {
		return nil, fmt.Errorf("argument 3 must not be 0")
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

func base64Decode(_ *scope, args []any) (any, error) {
	s, err := shortText(args)
	if err != nil {
		return nil, err
	}
	b, err := base64.StdEncoding.DecodeString(s)
	return string(b), err
}

func base64Encode(_ *scope, args []any) (any, error) {
	s, err := shortText(args)
	return base64.StdEncoding.EncodeToString([]byte(s)), err
}

func hash(_ *scope, args []any) (any, error) {
	s, err := shortText(args)
	if err != nil {
		return nil, err
	}
	var sum []byte
	switch args[1] {
	case "MD5":
		h := md5.Sum([]byte(s))
		sum = h[:]
	case "SHA-1":
		h := sha1.Sum([]byte(s))
		sum = h[:]
	case "SHA-256":
		h := sha256.Sum256([]byte(s))
		sum = h[:]
	case "SHA-384":
		h := sha512.Sum384([]byte(s))
		sum = h[:]
	case "SHA-512":
		h := sha512.Sum512([]byte(s))
		sum = h[:]
	default:
		return nil, fmt.Errorf("argument 2 must be MD5, SHA-1, SHA-256, SHA-384 or SHA-512")
	}
	return hex.EncodeToString(sum), nil
}

// jsonMerge is shallow, as Step Functions' is: a third argument of true is
// refused there too.
func jsonMerge(_ *scope, args []any) (any, error) {
	a, okA := args[0].(map[string]any)
	b, okB := args[1].(map[string]any)
	if !okA || !okB || args[2] != false {
		return nil, fmt.Errorf("it takes two objects and false")
	}
	m := make(map[string]any, len(a)+len(b))
	maps.Copy(m, a)
	maps.Copy(m, b)
	return m, nil
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
	return nil, fmt.Errorf("the sum is out of range")
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
		return nil, fmt.Errorf("argument 1 must be below argument 2")
	}
	draw := s.random
	if len(args) == 3 {
		draw = rand.New(rand.NewPCG(uint64(n[2]), 0)).Float64
	}
	return number(n[0] + int64(draw()*float64(n[1]-n[0]))), nil
}

// stringSplit takes every character of its second argument as a separator.
func stringSplit(_ *scope, args []any) (any, error) {
	s, err := text(args, 0)
	if err != nil {
		return nil, err
	}
	separators, err := text(args, 1)
	if err != nil {
		return nil, err
	}
	out := []any{}
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		out = append(out, part)
	}
	return out, nil
}

func stringToJSON(_ *scope, args []any) (any, error) {
	s, err := text(args, 0)
	if err != nil {
		return nil, err
	}
	return decode([]byte(s))
}

// format fills each {} of its first argument; a backslash takes the next
// character as it is.
func format(_ *scope, args []any) (any, error) {
	pattern, err := text(args, 0)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	args = args[1:]
	for i := 0; i < len(pattern); i++ {
		switch {
		case pattern[i] == '\\' && i+1 < len(pattern):
			i++
			b.WriteByte(pattern[i])
		case strings.HasPrefix(pattern[i:], "{}"):
			if len(args) == 0 {
				return nil, fmt.Errorf("more {} than arguments")
			}
			b.WriteString(plain(args[0]))
			args = args[1:]
			i++
		default:
			b.WriteByte(pattern[i])
		}
	}
	if len(args) > 0 {
		return nil, fmt.Errorf("more arguments than {}")
	}
	return b.String(), nil
}

func plain(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return string(encode(v))
}
