//go:build race

package future_test

// raceEnabled: the race detector makes sync.Pool drop entries at random, so counts of allocations mean nothing.
const raceEnabled = true
