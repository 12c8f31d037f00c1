package redistest_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
)

// A test binary that is killed must not leave servers behind: it runs itself, lets the copy start a server, and kills it.
func TestAServerDiesWithTheTestProcess(t *testing.T) {
	if os.Getenv("REDISTEST_VICTIM") == "1" {
		srv := redistest.Start(t, redistest.Options{Args: []string{"--databases", "2"}})
		os.Stdout.WriteString("victim " + strconv.Itoa(srv.Pid()) + " " + srv.Addr + "\n")
		select {}
	}
	redistest.Start(t, redistest.Options{Args: []string{"--databases", "2"}}) // skips where there is none
	cmd := exec.Command(os.Args[0], "-test.run=^TestAServerDiesWithTheTestProcess$", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), "REDISTEST_VICTIM=1", "TMPDIR="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var fields []string
	for lines := bufio.NewScanner(out); len(fields) != 3 && lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "victim ") {
			fields = strings.Fields(lines.Text())
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	if len(fields) != 3 {
		t.Fatal("the copy started no server")
	}
	pid, _ := strconv.Atoi(fields[1])
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for range 5000 {
		if syscall.Kill(pid, 0) != nil {
			return
		}
		// Nobody may have waited for it where init does not: a zombie is dead, too.
		if stat, err := os.ReadFile(filepath.Join("/proc", fields[1], "stat")); err == nil && strings.Contains(string(stat), ") Z ") {
			return
		}
		<-again.C
	}
	t.Errorf("server %d on %s outlived the test process that started it", pid, fields[2])
}
