package redistest

import (
	"os"
	"strings"
)

// socketFDs lists the open sockets of this process: number and inode.
func socketFDs() map[string]bool {
	found := map[string]bool{}
	entries, _ := os.ReadDir("/proc/self/fd")
	for _, e := range entries {
		if target, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(target, "socket:") {
			found[e.Name()+" "+target] = true
		}
	}
	return found
}
