//go:build unix

package redis_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// suspendChild makes the test binary play the client of the test below.
const suspendChild = "FUTUREIO_TEST_SUSPEND_ADDR"

func TestMain(m *testing.M) {
	if addr := os.Getenv(suspendChild); addr != "" {
		os.Exit(playSuspended(addr))
	}
	os.Exit(m.Run())
}

// playSuspended keeps commands in flight for a while and counts the timeouts.
func playSuspended(addr string) int {
	client := redis.New(redis.Options{Addr: addr, ReadTimeout: 500 * time.Millisecond})
	defer client.Close()
	if err := client.Connect(context.Background()); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("ready")
	good, bad := 0, 0
	for start := time.Now(); time.Since(start) < 4*time.Second; {
		fs := make([]*future.Future[string], 200)
		for i := range fs {
			fs[i] = client.Echo(strconv.Itoa(i))
		}
		for _, f := range fs {
			if _, err := f.Await(context.Background()); err != nil {
				fmt.Println(err)
				bad++
			} else {
				good++
			}
		}
	}
	if good == 0 || bad > 0 {
		fmt.Printf("%d answered, %d failed\n", good, bad)
		return 1
	}
	return 0
}

// Behaviour T3. Law G6.
func TestAClientThatWasSuspendedHasNoFalseTimeouts(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{})
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), suspendChild+"="+srv.Addr)
	var out strings.Builder
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1024)
	n, _ := pipe.Read(buf)
	if got := string(buf[:n]); got != "ready\n" {
		t.Fatalf("the child said %q; want ready", got)
	}
	for range 2 {
		_ = cmd.Process.Signal(syscall.SIGSTOP)
		// The time that passes is what is tested: three times the child's ReadTimeout.
		<-time.After(1500 * time.Millisecond)
		_ = cmd.Process.Signal(syscall.SIGCONT)
	}
	for {
		n, err := pipe.Read(buf)
		out.Write(buf[:n])
		if err != nil {
			break
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the child ended with %v:\n%s", err, out.String())
	}
}
