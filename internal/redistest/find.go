package redistest

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
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

// family is the flavor without its version.
func (f Flavor) family() string {
	family, _, _ := strings.Cut(string(f), "-")
	return family
}

// binary is a server program found on this machine.
type binary struct {
	name string // "redis" for the one on PATH, "redis-7.0" under .servers
	path string
}

// available lists the servers that fit a flavor, the preferred one first: those on PATH, then those under .servers by name.
func available(flavor Flavor) []binary {
	var list []binary
	for _, family := range []Flavor{Redis, Valkey, Redict} {
		if flavor != Any && flavor != family {
			continue
		}
		if path, err := exec.LookPath(string(family) + "-server"); err == nil {
			list = append(list, binary{string(family), path})
		}
	}
	var unpacked []binary
	folders, _ := filepath.Glob(filepath.Join(serversDir(), "*", "bin", "*-server"))
	for _, path := range folders {
		name := filepath.Base(filepath.Dir(filepath.Dir(path)))
		family := Flavor(name).family()
		if filepath.Base(path) == family+"-server" && (flavor == Any || string(flavor) == name || string(flavor) == family) {
			unpacked = append(unpacked, binary{name, path})
		}
	}
	slices.SortFunc(unpacked, func(a, b binary) int {
		// Redis first: what one test of many runs on.
		if ra, rb := strings.HasPrefix(a.name, "redis-"), strings.HasPrefix(b.name, "redis-"); ra != rb {
			if ra {
				return -1
			}
			return 1
		}
		return strings.Compare(a.name, b.name)
	})
	return append(list, unpacked...)
}

// serversDir is where servers.sh unpacks: SERVERS_DIR, or .servers at the root of the repository, looked for upwards from
// the folder of the test, which may belong to a nested module.
func serversDir() string {
	if dir := os.Getenv("SERVERS_DIR"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "internal", "redistest", "servers.sh")); err == nil {
			return filepath.Join(dir, ".servers")
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

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
