package transfer

// polynomial is that of CRC64NVME, written from its lowest power down, as the
// checksum itself is: bit 63 is x to the power of 0.
const polynomial = 0x9a6c9329ac4bc9b5

// JoinCRC is the CRC64NVME of bytes that were summed in two pieces: a is that
// of the first piece, b that of the second, which has n bytes. As many zero
// bits behind the first piece as the second has multiply its remainder by x to
// that power; the second's is then added.
func JoinCRC(a, b uint64, n int64) uint64 { return times(power(8*uint64(n)), a) ^ b }

// power is x to the n, modulo the polynomial, by squaring.
func power(n uint64) uint64 {
	result, square := uint64(1)<<63, uint64(1)<<62
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			result = times(square, result)
		}
		square = times(square, square)
	}
	return result
}

// times multiplies modulo the polynomial.
func times(a, b uint64) uint64 {
	var product uint64
	for ; a != 0; a <<= 1 {
		if a>>63 == 1 {
			product ^= b
		}
		carry := b & 1
		b = b>>1 ^ carry*polynomial
	}
	return product
}
