package fakes

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"

	"github.com/minio/crc64nvme"
)

// block is what every file is made of, over and over. Its length is odd, so
// that no two parts of a file are alike and a swapped part is noticed.
var block = func() []byte {
	b := make([]byte, 1<<20+4093)
	random := rand.NewChaCha8([32]byte{'m', 'a', 'p'})
	_, _ = random.Read(b) // it never fails
	return b
}()

// Content writes n bytes of a file from byte at on.
func Content(w io.Writer, at, n int64) error {
	for n > 0 {
		piece := block[at%int64(len(block)):]
		if int64(len(piece)) > n {
			piece = piece[:n]
		}
		wrote, err := w.Write(piece)
		if err != nil {
			return err
		}
		at, n = at+int64(wrote), n-int64(wrote)
	}
	return nil
}

// CRC is the CRC64NVME of a file of that size, in hex.
func CRC(size int64) string {
	h := crc64nvme.New()
	_ = Content(h, 0, size) // a hash takes all
	return hex(h.Sum64())
}

// Sum reads a file.
func Sum(path string) (Object, error) {
	file, err := os.Open(path)
	if err != nil {
		return Object{}, err
	}
	defer file.Close()
	h := crc64nvme.New()
	size, err := io.Copy(h, file)
	return Object{size, hex(h.Sum64())}, err
}

func hex(crc uint64) string { return fmt.Sprintf("%016x", crc) }
