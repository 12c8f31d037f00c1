//go:build race

package redis_test

import "testing"

// skipUnderRace skips a test of costs, which the race detector changes.
func skipUnderRace(t *testing.T) {
	t.Helper()
	t.Skip("costs are measured without the race detector")
}
