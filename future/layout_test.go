package future

import (
	"testing"
	"unsafe"
)

// optional has the shape of what most commands reply with.
type optional struct {
	_ string
	_ bool
}

func TestFutureIsItsValueAndTwentyFourBytes(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("sizes are stated for 64-bit machines")
	}
	for _, c := range []struct {
		name      string
		got, want uintptr
	}{
		{"Future[optional string]", unsafe.Sizeof(Future[optional]{}), 48},
		{"Promise[optional string]", unsafe.Sizeof(Promise[optional]{}), 48},
		{"Future[int64]", unsafe.Sizeof(Future[int64]{}), 32},
		{"Future[struct{}]", unsafe.Sizeof(Future[struct{}]{}), 24},
		{"Future[[]byte]", unsafe.Sizeof(Future[[]byte]{}), 48},
		{"side", unsafe.Sizeof(side{}), 80},
	} {
		if c.got != c.want {
			t.Errorf("Sizeof(%s) = %d; want %d", c.name, c.got, c.want)
		}
	}
}
