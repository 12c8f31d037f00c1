package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Families are the families of servers, the preferred one first.
var Families = []string{"redis", "valkey", "redict"}

// Program is a server program found on this machine.
type Program struct {
	Name string // "redis" for the one on PATH, "redis-7.0" under .servers
	Path string
}

// Family is the name without the version.
func (p Program) Family() string {
	family, _, _ := strings.Cut(p.Name, "-")
	return family
}

// Find lists the programs that fit, the preferred one first: those on PATH, then those under Dir by name. wanted is a family,
// a version as servers.sh names it ("redis-7.0"), or empty for any.
func Find(wanted string) []Program {
	var list []Program
	for _, family := range Families {
		if wanted != "" && wanted != family {
			continue
		}
		if path, err := exec.LookPath(family + "-server"); err == nil {
			list = append(list, Program{family, path})
		}
	}
	var unpacked []Program
	paths, _ := filepath.Glob(filepath.Join(Dir(), "*", "bin", "*-server"))
	for _, path := range paths {
		p := Program{filepath.Base(filepath.Dir(filepath.Dir(path))), path}
		if filepath.Base(path) == p.Family()+"-server" && (wanted == "" || wanted == p.Name || wanted == p.Family()) {
			unpacked = append(unpacked, p)
		}
	}
	slices.SortFunc(unpacked, func(a, b Program) int {
		// Redis first: what one test of many runs on.
		if ra, rb := a.Family() == Families[0], b.Family() == Families[0]; ra != rb {
			if ra {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return append(list, unpacked...)
}

// Dir is where servers.sh unpacks: SERVERS_DIR, or .servers at the root of the repository, looked for upwards from
// the working folder, which may belong to a nested module. It is empty outside of the repository.
func Dir() string {
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
