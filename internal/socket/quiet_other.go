//go:build unix && (!linux || race || msan || asan)

package socket

import "syscall"

// readFrom and writeTo are read(2) and write(2) on a descriptor that does not block. The detectors of races and of memory errors want to know of them, and
// other systems than Linux have no system calls without their library.
func readFrom(fd int, p []byte) (n int, err error) { return syscall.Read(fd, p) }

func writeTo(fd int, p []byte) (n int, err error) { return syscall.Write(fd, p) }
