package redistest_test

import (
	"bufio"
	"crypto/tls"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
)

func TestEachServerAnswersAndEndsWithItsTest(t *testing.T) {
	redistest.NoLeaks(t)
	var addrs []string
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		if got := srv.Do("PING"); got != "PONG" {
			t.Errorf("PING = %v; want PONG", got)
		}
		if got := srv.Do("CONFIG", "GET", "save"); !slices.Equal(got.([]any), []any{"save", ""}) {
			t.Errorf("CONFIG GET save = %q; want none", got)
		}
		if pid := srv.Info("server")["process_id"]; srv.Name != "external" && pid != strconv.Itoa(srv.Pid()) {
			t.Errorf("Pid = %d; the server says %s", srv.Pid(), pid)
		}
		if srv.Name != "external" {
			addrs = append(addrs, srv.Addr)
		}
	})
	for _, addr := range addrs {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			t.Errorf("%s still listens after its test", addr)
		}
	}
}

func TestTheSideClientReadsEveryReply(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{Password: "se cret"})
	srv.Do("SET", "k", "v\r\n")
	for _, x := range []struct {
		args []string
		want any
	}{
		{[]string{"GET", "k"}, "v\r\n"},
		{[]string{"GET", "none"}, nil},
		{[]string{"INCR", "n"}, int64(1)},
		{[]string{"BLPOP", "none", "0.01"}, nil},
		{[]string{"INCR", "k"}, redistest.ReplyError("ERR value is not an integer or out of range")},
	} {
		if got := srv.Do(x.args...); got != x.want {
			t.Errorf("%q = %#v; want %#v", x.args, got, x.want)
		}
	}
	if got := srv.Do("MGET", "k", "none").([]any); len(got) != 2 || got[0] != "v\r\n" || got[1] != nil {
		t.Errorf("MGET = %#v; want v and nil", got)
	}
	if got, ok := redistest.Do(t, srv.Addr, "PING").(redistest.ReplyError); !ok || !strings.HasPrefix(string(got), "NOAUTH") {
		t.Errorf("PING without the password = %v; want NOAUTH", got)
	}
	if reads := srv.Info("stats")["total_reads_processed"]; reads == "" || reads == "0" {
		t.Errorf("total_reads_processed = %q; want a number", reads)
	}
}

func TestMonitorTellsEverythingUpToTheCall(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{Flavor: redistest.Any, Args: []string{"--databases", "2"}})
	m := srv.Monitor()
	srv.Do("SET", "k", "a b\x00\xff")
	srv.Do("GET", "k")
	if got, want := m.Commands(), []string{`SET k "a b\x00\xff"`, "GET k"}; !slices.Equal(got, want) {
		t.Errorf("Commands = %q; want %q", got, want)
	}
	srv.Do("GET", "")
	if got, want := m.Commands(), []string{`SET k "a b\x00\xff"`, "GET k", `GET ""`}; !slices.Equal(got, want) {
		t.Errorf("Commands = %q; want %q", got, want)
	}
}

func TestAPausedServerTakesConnectionsAndAnswersLate(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{Args: []string{"--databases", "2"}})
	conn, err := net.Dial("tcp", srv.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	srv.Pause()
	late, err := net.Dial("tcp", srv.Addr)
	if err != nil {
		t.Fatalf("dialling a paused server: %v", err)
	}
	defer late.Close()
	for _, c := range []net.Conn{conn, late} {
		c.Write([]byte("PING\r\n"))
	}
	conn.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("a paused server answered")
	}
	srv.Resume()
	for _, c := range []net.Conn{conn, late} {
		c.SetReadDeadline(time.Now().Add(10 * time.Second))
		if line, err := bufio.NewReader(c).ReadString('\n'); line != "+PONG\r\n" {
			t.Errorf("after Resume: %q, %v; want PONG", line, err)
		}
	}
}

func TestAServerComesBackOnItsPort(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{Args: []string{"--appendonly", "yes", "--appendfsync", "always"}})
	addr, pid := srv.Addr, srv.Pid()
	srv.Do("SET", "k", "v")
	srv.Pause()
	srv.Stop()
	if conn, err := net.Dial("tcp", addr); err == nil {
		conn.Close()
		t.Error("the port still listens after Stop")
	}
	srv.Restart()
	srv.Kill()
	srv.Kill()
	srv.Restart()
	srv.Restart()
	if srv.Addr != addr || srv.Pid() == pid {
		t.Errorf("restarted on %s as %d; want %s and another process than %d", srv.Addr, srv.Pid(), addr, pid)
	}
	if got := srv.Do("GET", "k"); got != "v" {
		t.Errorf("GET = %v; want v, kept in the server's folder", got)
	}
}

func TestAServerOffersTLSAndAUnixSocket(t *testing.T) {
	redistest.EachWith(t, redistest.Options{TLS: true, UnixSocket: true}, func(t *testing.T, srv *redistest.Server) {
		conn, err := tls.Dial("tcp", srv.TLSAddr, &tls.Config{RootCAs: srv.Authority.Pool, ServerName: "localhost"})
		if err != nil {
			t.Fatalf("TLS: %v", err)
		}
		defer conn.Close()
		socket, err := net.Dial("unix", srv.Socket)
		if err != nil {
			t.Fatalf("unix: %v", err)
		}
		defer socket.Close()
		for _, c := range []net.Conn{conn, socket} {
			c.Write([]byte("PING\r\n"))
			if line, err := bufio.NewReader(c).ReadString('\n'); line != "+PONG\r\n" {
				t.Errorf("%v: %q, %v; want PONG", c.RemoteAddr(), line, err)
			}
		}
	})
}

func TestABadArgumentFailsWithTheServersWords(t *testing.T) {
	redistest.Start(t, redistest.Options{Args: []string{"--databases", "1"}}) // skips where there is none
	r := &recorder{TB: t}
	failure := r.run(func() { redistest.Start(r, redistest.Options{Args: []string{"--no-such-option", "1"}}) })
	if !strings.Contains(failure, "ended at once") || !strings.Contains(failure, "no-such-option") {
		t.Errorf("failure %q; want one that shows the server's log", failure)
	}
}

func TestWithoutAServerATestIsSkippedAndFailsInCI(t *testing.T) {
	t.Setenv("PATH", "")
	t.Setenv("SERVERS_DIR", t.TempDir())
	t.Setenv("REDIS_TEST_ADDR", "")
	t.Setenv("CI", "")
	r := &recorder{TB: t}
	if failure := r.run(func() { redistest.Start(r, redistest.Options{}) }); failure != "" || !strings.Contains(r.skipped, "make servers") {
		t.Errorf("failure %q, skipped %q; want a skip that names make servers", failure, r.skipped)
	}
	t.Setenv("CI", "true")
	r = &recorder{TB: t}
	if failure := r.run(func() { redistest.Start(r, redistest.Options{Flavor: "valkey-9.1"}) }); !strings.Contains(failure, "no valkey-9.1 server") {
		t.Errorf("failure %q, skipped %q; want a failure that names valkey-9.1", failure, r.skipped)
	}
}

func TestAnExternalServerIsUsedAsItIs(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{Args: []string{"--databases", "3"}})
	t.Setenv("REDIS_TEST_ADDR", srv.Addr)
	r := &recorder{TB: t}
	failure := r.run(func() {
		external := redistest.Start(r, redistest.Options{})
		if external.Addr != srv.Addr || external.Do("PING") != "PONG" {
			t.Errorf("Start = %+v; want the server on %s", external, srv.Addr)
		}
		external.Pause()
	})
	if failure != "" || !strings.Contains(r.skipped, "Pause needs a server of the test's own") {
		t.Errorf("failure %q, skipped %q; want a skip of Pause", failure, r.skipped)
	}
	if own := redistest.Start(t, redistest.Options{Args: []string{"--databases", "3"}}); own.Addr == srv.Addr {
		t.Error("a test with arguments of its own got the external server")
	}
}
