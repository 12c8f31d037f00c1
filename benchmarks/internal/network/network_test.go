package network

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// In the network of its own, this program ends with one of these.
const (
	fine = 40 + iota
	notPrepared
	notReachable
	anothersNetwork
	notCubic
)

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "apart" {
		os.Exit(apart(os.Args[2]))
	}
	os.Exit(m.Run())
}

func apart(outside string) (code int) {
	if err := Prepare(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return notPrepared
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		_, err = net.Dial("tcp", l.Addr().String())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return notReachable
	}
	if _, err := net.Dial("tcp", outside); err == nil {
		return anothersNetwork
	}
	if offered, _ := os.ReadFile("/proc/sys/net/ipv4/tcp_allowed_congestion_control"); strings.Contains(string(offered), "cubic") && Congestion() != "cubic" {
		return notCubic
	}
	return fine
}

func TestANetworkOfItsOwnHasLoopbackAndCubicAndNothingElse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	before := Congestion()
	err = Rerun("apart", l.Addr().String())
	if errors.Is(err, ErrNotAllowed) {
		t.Skip(err) // such as in a container without privileges; bench then says so and goes on
	}
	if ended := (*exec.ExitError)(nil); !errors.As(err, &ended) || ended.ExitCode() != fine {
		t.Errorf("Rerun = %v; want exit status %d", err, fine)
	}
	if after := Congestion(); after != before {
		t.Errorf("Congestion = %s; want %s, as before, outside of it", after, before)
	}
}
