package redistest

import (
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// leakLimit is how long NoLeaks waits for what is still on its way out.
const leakLimit = 5 * time.Second

// NoLeaks makes the test fail when it ends with goroutines, or on Linux sockets, that were not there at this call. Call it
// first: what is registered with Cleanup afterwards (servers, clients) ends before the check. Not for parallel tests, whose
// goroutines it would count, and not inside a synctest bubble, which finds its own leaks.
func NoLeaks(t testing.TB) {
	t.Helper()
	goroutines, sockets := stacks(), socketFDs()
	t.Cleanup(func() {
		limit := time.NewTimer(leakLimit)
		defer limit.Stop()
		again := time.NewTicker(time.Millisecond)
		defer again.Stop()
		for {
			leaked, open := stacks(), socketFDs()
			maps.DeleteFunc(leaked, func(id, _ string) bool { _, was := goroutines[id]; return was })
			maps.DeleteFunc(open, func(fd string, _ bool) bool { return sockets[fd] })
			if len(leaked) == 0 && len(open) == 0 {
				return
			}
			select {
			case <-again.C:
				continue
			case <-limit.C:
			}
			if len(leaked) > 0 {
				t.Errorf("%d goroutines are left after %v:\n%s", len(leaked), leakLimit, strings.Join(slices.Collect(maps.Values(leaked)), "\n\n"))
			}
			if len(open) > 0 {
				t.Errorf("%d sockets are left open after %v: %s", len(open), leakLimit, strings.Join(slices.Sorted(maps.Keys(open)), ", "))
			}
			return
		}
	})
}

// stacks returns the stack of every goroutine but this one by its number, without those of the testing package and of signal
// handling, which come and go by themselves.
func stacks() map[string]string {
	buf := make([]byte, 64<<10)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	found := map[string]string{}
	for i, stack := range strings.Split(string(buf), "\n\n") {
		if i == 0 || strings.Contains(stack, "testing.(*T).Run(") || strings.Contains(stack, "testing.(*M).") || strings.Contains(stack, "os/signal.") {
			continue
		}
		id, _, _ := strings.Cut(strings.TrimPrefix(stack, "goroutine "), " ")
		found[id] = stack
	}
	return found
}
