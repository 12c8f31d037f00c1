// Package size measures what the generated commands cost those who build with them: `make size`.
package size

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const (
	// A program with one GET may be this much larger than one that dials with net and tls.
	maxGrowth = 1 << 20

	// What the compiler may need for package commands, in CPU time.
	maxCompile = 5 * time.Second
)

// The compiler takes what no program calls; the linker must leave it out again. One reflect.Value.Method with a name that
// is not constant, anywhere in what a program imports, and every command would be in every program.
func TestAProgramThatCallsOneCommandDoesNotCarryTheOthers(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two programs")
	}
	base, get := built(t, "net"), built(t, "get")
	t.Logf("a program that dials: %d KiB; with one GET: %d KiB; %d KiB more", base>>10, get>>10, (get-base)>>10)
	if get-base > maxGrowth {
		t.Errorf("one GET makes a program %d KiB larger; want at most %d", (get-base)>>10, maxGrowth>>10)
	}
}

// built is the size of a program in testdata.
func built(t *testing.T, name string) int64 {
	t.Helper()
	out := filepath.Join(t.TempDir(), name)
	if msg, err := exec.Command("go", "build", "-o", out, "./testdata/"+name).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, msg)
	}
	info, err := os.Stat(out)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// Only on request, because a time depends on the machine and on what else it does.
func TestTheCommandsCompileInFiveSecondsOfCPU(t *testing.T) {
	if os.Getenv("MEASURE_COMPILE") == "" {
		t.Skip("MEASURE_COMPILE is not set; make size does")
	}
	const commands = "github.com/futureio/futureio-go/redis/commands"
	least := time.Duration(1<<63 - 1)
	for range 3 { // the least: others on the machine only add
		env := append(os.Environ(), "GOCACHE="+t.TempDir())
		run := func(args ...string) time.Duration {
			cmd := exec.Command("go", args...)
			cmd.Env = env
			if msg, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("go %v: %v\n%s", args, err, msg)
			}
			return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime() // of the compiler as well, which go waits for
		}
		// What it imports is compiled before, the standard library too.
		run("build", "github.com/futureio/futureio-go/future", "github.com/futureio/futureio-go/redis/proto", "context", "iter", "sort")
		took := run("build", commands)
		t.Logf("%v of CPU", took)
		least = min(least, took)
	}
	if least > maxCompile {
		t.Errorf("package commands took %v of CPU to compile; want at most %v", least, maxCompile)
	}
}
