package content

func (s *scan) numberMayEnd() bool {
	return s.Next == afterZero || s.Next == inDigits || s.Next == inFraction || s.Next == inExponent
}

// number takes a byte that goes on with a number.
func (s *scan) number(b byte) bool {
	digit := b >= '0' && b <= '9'
	switch {
	case s.Next == afterMinus && b == 'I':
		s.Next, s.Rest = inWord, "nfinity"
	case s.Next == afterMinus && b == '0':
		s.Next = afterZero
	case (s.Next == afterMinus || s.Next == inDigits) && digit:
		s.Next = inDigits
	case (s.Next == afterZero || s.Next == inDigits) && b == '.':
		s.Next = afterPoint
	case (s.Next == afterPoint || s.Next == inFraction) && digit:
		s.Next = inFraction
	case (s.Next == afterZero || s.Next == inDigits || s.Next == inFraction) && (b == 'e' || b == 'E'):
		s.Next = afterE
	case s.Next == afterE && (b == '+' || b == '-'):
		s.Next = afterSign
	case (s.Next == afterE || s.Next == afterSign || s.Next == inExponent) && digit:
		s.Next = inExponent
	default:
		return false
	}
	return true
}
