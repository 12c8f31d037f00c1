package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
)

// output collects what a run prints; it is safe for concurrent use.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// stress runs the program with a report folder of its own.
func stress(t *testing.T, args ...string) (code int, out, report string) {
	t.Helper()
	t.Setenv("REDIS_URL", "")
	dir := t.TempDir()
	var text output
	code = run(append([]string{"-report", dir}, args...), &text, &text)
	raw, _ := os.ReadFile(filepath.Join(dir, "report.md"))
	return code, text.String(), string(raw)
}

// Laws G2, G3, G4 and G6. Behaviours D1, D9, D10. The whole program against faults of all kinds.
func TestARunWithFaultsEndsClean(t *testing.T) {
	redistest.NoLeaks(t)
	srv := redistest.Start(t, redistest.Options{})
	args := []string{"-chaos", "-kill", "500ms", "-pause", "4s", "-timeout", "1s", "-duration", "10s"}
	if testing.Short() {
		args = append(args, "-duration", "3s")
	}
	restarts := "[1-9][0-9]* restarts"
	if srv.Name == "external" {
		args, restarts = append(args, "-addr", srv.Addr), "0 restarts"
	}
	code, out, report := stress(t, args...)
	t.Log(out)
	if code != exitClean {
		t.Fatalf("exit code %d; want 0:\n%s", code, report)
	}
	for _, want := range []string{`[1-9][0-9]* connections killed`, `[1-9][0-9]* pauses`, restarts, `of no type: 0`, `reconnects .* p99`} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("the output has no %q:\n%s", want, out)
		}
	}
	for _, want := range []string{"# Stress: clean", "throughput.svg", "| counters |", "| jobs |", "| ConnectionError |"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report has no %q:\n%s", want, report)
		}
	}
}

func TestAServerThatWasThereIsNotStoppedAndKeepsNoKeys(t *testing.T) {
	redistest.NoLeaks(t)
	srv := redistest.Start(t, redistest.Options{Flavor: redistest.Any, Password: "s3cret"})
	srv.Do("SET", "others", "own")
	code, out, report := stress(t, "-addr", "redis://:s3cret@"+srv.Addr, "-protocol", "2", "-duration", "3s", "-chaos", "-kill", "300ms", "-pause", "700ms", "-timeout", "500ms")
	if code != exitClean || !strings.Contains(out, "0 restarts") {
		t.Errorf("exit code %d; want 0, and no restart:\n%s\n%s", code, out, report)
	}
	if strings.Contains(out+report, "s3cret") {
		t.Errorf("the password is shown:\n%s\n%s", out, report)
	}
	if n := srv.Do("DBSIZE"); n != int64(1) {
		t.Errorf("%v keys are left; want the one that was there", n)
	}
}

// Each workload has to find damage of its kind, done behind its back.
func TestDamageIsFoundByItsWorkload(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{Flavor: redistest.Any, Args: []string{"--databases", "2"}})
	for _, x := range []struct {
		name, workload string
		damage         func(prefix string)
		want           string
	}{
		{"deleted", "sequences", func(p string) { srv.Do("DEL", p+"sequence:3") }, "sequence:3"},
		{"gone back", "sequences", func(p string) { srv.Do("SET", p+"sequence:3", "1") }, "holds 1; want"},
		{"another value", "bursts", func(p string) { srv.Do("SET", p+"burst:0:constant:5", "wrong") }, "burst:0:constant:5"},
		{"counted twice", "bursts", func(p string) { srv.Do("INCR", p+"burst:1:counter:0") }, "burst:1:counter:0"},
		{"another type", "bursts", func(p string) { srv.Do("SET", p+"burst:0:list", "1") }, "want WRONGTYPE"},
		{"a byte more", "values", func(p string) { srv.Do("APPEND", p+"value:2", "x") }, "value:2"},
		{"set back", "counters", func(p string) { srv.Do("SET", p+"counter:1", "5") }, "counter:1"},
		{"counted too often", "counters", func(p string) { srv.Do("INCRBY", p+"counter:1", "1000000000") }, "holds"},
		{"lost", "jobs", func(p string) { srv.Do("LPOP", p+"job:queue") }, "are lost"},
		{"doubled", "jobs", func(p string) { srv.Do("RPUSH", p+"job:queue", "0:1") }, "job 1 of producer 0 was delivered"},
		{"foreign", "jobs", func(p string) { srv.Do("RPUSH", p+"job:queue", "0:99999999999") }, "never pushed"},
	} {
		t.Run(x.workload+" "+x.name, func(t *testing.T) {
			srv.Do("FLUSHALL")
			done := make(chan struct{})
			var side sync.WaitGroup
			side.Go(func() {
				again := time.NewTicker(5 * time.Millisecond)
				defer again.Stop()
				prefix := ""
				for {
					select {
					case <-done:
						return
					case <-again.C:
					}
					if prefix == "" {
						prefix = runningPrefix(srv)
						continue
					}
					x.damage(prefix)
				}
			})
			code, out, report := stress(t, "-addr", srv.Addr, "-workloads", x.workload, "-duration", "1s", "-timeout", "1s", "-seed", "42")
			close(done)
			side.Wait()
			if code != exitIntegrity || !strings.Contains(out, "FAILED: "+x.workload) || !strings.Contains(out, x.want) {
				t.Errorf("exit code %d; want 1 and %q:\n%s", code, x.want, out)
			}
			if !strings.Contains(out, "seed 42") || !strings.Contains(report, "**failed**") {
				t.Errorf("want the seed, and the failure in the report:\n%s\n%s", out, report)
			}
		})
	}
}

// runningPrefix is the prefix of the keys of a run, once it has made all that it begins with.
func runningPrefix(srv *redistest.Server) string {
	list, _ := srv.Do("KEYS", "stress:*").([]any)
	for _, key := range list {
		first, rest, _ := strings.Cut(strings.TrimPrefix(key.(string), "stress:"), ":")
		if rest == "sequence:47" || rest == "value:15" || rest == "counter:7" || rest == "burst:1:list" || strings.HasPrefix(rest, "job:") {
			return "stress:" + first + ":"
		}
	}
	return ""
}

// Law G6 is what the detector watches over: the server is stopped, and the program has not done it.
func TestAHangIsFoundAndDescribed(t *testing.T) {
	redistest.NoLeaks(t)
	srv := redistest.Start(t, redistest.Options{Flavor: redistest.Any, Args: []string{"--databases", "2"}})
	var side sync.WaitGroup
	t.Cleanup(side.Wait)
	side.Go(func() {
		again := time.NewTicker(5 * time.Millisecond)
		defer again.Stop()
		for {
			<-again.C
			if n, _ := srv.Do("GET", runningPrefix(srv)+"counter:7").(string); n > "0" {
				srv.Pause() // the load has begun
				return
			}
		}
	})
	t.Setenv("REDIS_URL", "redis://"+srv.Addr)
	dir := t.TempDir()
	var out output
	code := run([]string{"-report", dir, "-duration", "20s", "-timeout", "30s", "-hang", "500ms"}, &out, &out)
	srv.Resume()
	if code != exitHang || !strings.Contains(out.String(), "no reply for 500ms") {
		t.Errorf("exit code %d; want 2 and who hangs:\n%s", code, out.String())
	}
	report, _ := os.ReadFile(filepath.Join(dir, "report.md"))
	if !strings.Contains(string(report), "client: connected") || !strings.Contains(string(report), "InFlight:") {
		t.Errorf("the report does not tell the state of the connections:\n%s", report)
	}
	if dump, _ := os.ReadFile(filepath.Join(dir, "goroutines.txt")); !bytes.Contains(dump, []byte("readLoop")) {
		t.Errorf("goroutines.txt does not show the reader:\n%s", dump)
	}
}
