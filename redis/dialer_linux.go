package redis

import (
	"math"
	"syscall"
	"time"
)

// tcpUserTimeout is TCP_USER_TIMEOUT of linux/tcp.h, in milliseconds; see tcp(7).
const tcpUserTimeout = 18

// setUserTimeout bounds how long written bytes may stay unacknowledged.
func setUserTimeout(fd uintptr, limit time.Duration) error {
	ms := min(max(limit.Milliseconds(), 1), math.MaxInt32)
	return syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(ms))
}
