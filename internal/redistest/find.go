package redistest

import (
	"os"
	"testing"
)

// Flavor says which server a test wants: Any, a family (Redis, Valkey, Redict), or a version as servers.sh names it
// ("redis-7.0").
type Flavor string

// The families.
const (
	Any    Flavor = ""
	Redis  Flavor = "redis"
	Valkey Flavor = "valkey"
	Redict Flavor = "redict"
)

// missing ends the test: a skip on a developer's machine, a failure where CI=true promises servers.
func missing(t testing.TB, flavor Flavor) {
	t.Helper()
	if flavor == Any {
		flavor = "redis or valkey"
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no %s server on PATH or under .servers; run make servers", flavor)
	}
	t.Skipf("no %s server on PATH or under .servers; run make servers", flavor)
}
