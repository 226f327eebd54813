package fakes

// The reflected polynomial of CRC64NVME.
const polynomial = 0x9a6c9329ac4bc9b5

// matrix is a linear map of 64 bits: row n is where bit n goes.
type matrix [64]uint64

func (m *matrix) times(v uint64) (sum uint64) {
	for n := 0; v != 0; n, v = n+1, v>>1 {
		if v&1 != 0 {
			sum ^= m[n]
		}
	}
	return sum
}

func (m *matrix) squared() (s matrix) {
	for n := range m {
		s[n] = m.times(m[n])
	}
	return s
}

// combine gives the CRC64NVME of two pieces one after the other out of theirs
// and the length of the second, as zlib does it for CRC-32: the first's CRC is
// led through as many zero bytes as the second has.
func combine(first, second uint64, length int64) uint64 {
	step := matrix{0: polynomial} // one zero bit
	for n := 1; n < 64; n++ {
		step[n] = 1 << (n - 1)
	}
	for range 3 { // eight of them are a byte
		step = step.squared()
	}
	for ; length > 0; length >>= 1 {
		if length&1 != 0 {
			first = step.times(first)
		}
		step = step.squared()
	}
	return first ^ second
}
