package run

import (
	"cmp"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/futureio/futureio-go/benchmarks/internal/network"
	"github.com/futureio/futureio-go/benchmarks/internal/result"
)

var cpus = runtime.NumCPU()

func describeMachine(server map[string]string, procs, heap int) result.Machine {
	m := result.Machine{CPUs: cpus, Go: runtime.Version(), Procs: procs, Heap: heap, Congestion: network.Congestion()}
	m.CPU = valueIn("/proc/cpuinfo", "model name")
	m.Memory = valueIn("/proc/meminfo", "MemTotal")
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	m.Kernel = "Linux " + strings.TrimSpace(string(release))
	m.Server = "Redis " + server["redis_version"]
	if v := server["valkey_version"]; v != "" {
		m.Server = "Valkey " + v
	}
	return m
}

// valueIn is the first value of a name in a file of /proc; "unknown" where there is none.
func valueIn(path, name string) string {
	raw, _ := os.ReadFile(path)
	for line := range strings.Lines(string(raw)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// Modules gives the versions of the peers that this program was built with.
func Modules() map[string]string {
	modules := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			for _, peer := range []string{"redis/rueidis", "redis/go-redis/v9", "gomodule/redigo", "mediocregopher/radix/v4"} {
				if dep.Path == "github.com/"+peer {
					modules[dep.Path] = dep.Version
				}
			}
		}
	}
	return modules
}

// Commit is what git says about the source, with a "+" when it has changes; "unknown" without git.
func Commit() string {
	commit, err := exec.Command("git", "rev-parse", "--short=12", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	changes, _ := exec.Command("git", "status", "--porcelain", "--untracked-files=no", "--", "../future", "../redis", "future", "redis").Output()
	return strings.TrimSpace(string(commit)) + cmp.Or(map[bool]string{true: "+"}[len(changes) > 0], "")
}
