package redistest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
)

// wire is a bare client: it sends commands and reads raw bytes.
type wire struct {
	t testing.TB
	net.Conn
	in *bufio.Reader
}

func dial(t testing.TB, f *redistest.Fake) *wire {
	t.Helper()
	conn, err := f.DialContext(context.Background(), "tcp", "ignored")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &wire{t: t, Conn: conn, in: bufio.NewReader(conn)}
}

func request(args ...string) string {
	bulks := make([]string, len(args))
	for i, arg := range args {
		bulks[i] = redistest.Bulk(arg)
	}
	return redistest.Array(bulks...)
}

func (w *wire) send(commands ...string) {
	w.t.Helper()
	var b strings.Builder
	for _, c := range commands {
		b.WriteString(request(strings.Fields(c)...))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		w.t.Errorf("sending %q: %v", commands, err)
	}
}

func (w *wire) want(raw string) {
	w.t.Helper()
	got := make([]byte, len(raw))
	n, err := io.ReadFull(w.in, got)
	if string(got[:n]) != raw {
		w.t.Errorf("read %q, %v; want %q", got[:n], err, raw)
	}
}

func (w *wire) wantEnd(end error) {
	w.t.Helper()
	rest, err := io.ReadAll(w.in)
	if len(rest) > 0 || !errors.Is(err, end) {
		w.t.Errorf("read %q, %v; want the end with %v", rest, err, end)
	}
}

func TestTheDefaultsAnswerOrdinaryCommands(t *testing.T) {
	f := redistest.NewFake(t)
	c := dial(t, f)
	for _, x := range []struct{ command, reply string }{
		{"PING", "+PONG\r\n"},
		{"ping hi", "$2\r\nhi\r\n"},
		{"GET k", "$-1\r\n"},
		{"HELLO 2", "*14\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:2\r\n$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n"},
		{"HELLO 3", "%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n"},
		{"HELLO 4", "-NOPROTO unsupported protocol version\r\n"},
		{"GET k", "_\r\n"},
		{"SET k v", "+OK\r\n"},
		{"GET k", "$1\r\nv\r\n"},
		{"INCR k", "-ERR value is not an integer or out of range\r\n"},
		{"INCR n", ":1\r\n"},
		{"INCR n", ":2\r\n"},
		{"MGET k none n", "*3\r\n$1\r\nv\r\n_\r\n$1\r\n2\r\n"},
		{"SELECT 1", "+OK\r\n"},
		{"GET k", "_\r\n"},
		{"SELECT 99999", "-ERR DB index is out of range\r\n"},
		{"ECHO x", "$1\r\nx\r\n"},
		{"CLIENT SETNAME me", "+OK\r\n"},
		{"CLIENT GETNAME", "$2\r\nme\r\n"},
		{"CLIENT SETINFO lib-name x", "+OK\r\n"},
		{"CLIENT ID", ":1\r\n"},
		{"GET", "-ERR wrong number of arguments for 'get' command\r\n"},
		{"NOSUCH a b", "-ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' \r\n"},
		{"QUIT", "+OK\r\n"},
	} {
		c.send(x.command)
		c.want(x.reply)
	}
	c.wantEnd(nil)
	if v, ok := f.Value("n"); v != "2" || !ok {
		t.Errorf("Value = %q, %v; want 2", v, ok)
	}
}

func TestAuthenticationIsRequired(t *testing.T) {
	f := redistest.NewFake(t)
	f.RequireAuth("", "0")
	c := dial(t, f)
	for _, x := range []struct{ command, reply string }{
		{"GET k", "-NOAUTH Authentication required.\r\n"},
		{"HELLO 3", "-NOAUTH HELLO must be called"},
	} {
		c.send(x.command)
		c.want(x.reply)
	}
	c.in.ReadString('\n')
	c.send("AUTH wrong", "AUTH 0", "PING")
	c.want("-WRONGPASS invalid username-password pair or user is disabled.\r\n+OK\r\n+PONG\r\n")

	c = dial(t, f)
	c.send("HELLO 3 AUTH default 0 SETNAME me", "CLIENT GETNAME")
	c.want("%7\r\n")
	c.in.Discard(len("$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:2\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n"))
	c.want("$2\r\nme\r\n")
}

func TestHandlersAnswerInsteadOfTheDefaults(t *testing.T) {
	f := redistest.NewFake(t)
	f.Handle("GET", redistest.InTurn("$3\r\none\r\n", "$3\r\ntwo\r\n"))
	f.Handle("client setname", redistest.Always(redistest.Error("ERR no")))
	f.Handle("INCR", func(c *redistest.Conn, args []string) string {
		c.Send(redistest.Push(redistest.Bulk("before")))
		return c.Default(args) + redistest.Push(redistest.Bulk("after"))
	})
	c := dial(t, f)
	c.send("GET k", "GET k", "GET k", "CLIENT SETNAME x", "CLIENT ID", "INCR n")
	c.want("$3\r\none\r\n$3\r\ntwo\r\n$3\r\ntwo\r\n-ERR no\r\n:1\r\n>1\r\n$6\r\nbefore\r\n:1\r\n>1\r\n$5\r\nafter\r\n")
	f.Handle("GET", nil)
	f.Handle("*", redistest.Silent)
	f.Handle("PING", redistest.Always("+pong\r\n"))
	c.send("GET k", "PING")
	c.want("+pong\r\n")
}

func TestTheFakeRecordsWhatItReceives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := redistest.NewFake(t)
		a, b := dial(t, f), dial(t, f)
		a.send("HELLO 3", "SET k v")
		synctest.Wait()
		b.send("GET k")
		synctest.Wait()
		whole := request("GET", "a b", "") + request("PING")
		a.Write([]byte(whole[:10]))
		synctest.Wait()
		a.Write([]byte(whole[10:]))
		f.WaitFor("PING", 1)

		if got, want := f.Received(0), []string{"HELLO 3", "SET k v", `GET "a b" ""`, "PING"}; !slices.Equal(got, want) {
			t.Errorf("Received(0) = %q; want %q", got, want)
		}
		if got, want := f.Commands(), []string{"SET k v", "GET k", `GET "a b" ""`, "PING"}; !slices.Equal(got, want) {
			t.Errorf("Commands = %q; want %q", got, want)
		}
		if got, want := f.Reads(0), []int{2, 0, 2}; !slices.Equal(got, want) {
			t.Errorf("Reads(0) = %d; want %d", got, want)
		}
		if f.Accepted() != 2 || f.Count("get") != 2 || f.Count("") != 4 || f.Conn(1).Number() != 1 {
			t.Errorf("Accepted %d, Count(get) %d, Count %d; want 2, 2, 4", f.Accepted(), f.Count("get"), f.Count(""))
		}
		if h := f.History(); h[1].Conn != 0 || h[2].Conn != 1 || h[3].Read != 2 {
			t.Errorf("History = %+v", h)
		}
	})
}

func TestDropAfterExecutesAndDoesNotAnswer(t *testing.T) {
	f := redistest.NewFake(t)
	f.DropAfter(2, 1)
	for _, want := range []string{":1\r\n", "", ":4\r\n"} {
		c := dial(t, f)
		c.send("HELLO 4") // handshake: not counted
		c.want("-NOPROTO unsupported protocol version\r\n")
		c.send("INCR n", "INCR n")
		c.want(want)
		if want != ":4\r\n" {
			c.wantEnd(nil)
		}
	}
	f.WaitFor("INCR", 6)
}

func TestAPausedFakeAnswersLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := redistest.NewFake(t)
		c := dial(t, f)
		f.Pause()
		start := time.Now()
		c.send("PING")
		d := dial(t, f) // the backlog takes it
		d.send("PING")
		time.AfterFunc(time.Minute, f.Resume)
		c.want("+PONG\r\n")
		d.want("+PONG\r\n")
		if late := time.Since(start); late != time.Minute {
			t.Errorf("answered after %v; want 1m", late)
		}
	})
}

func TestAPausedFakeStillCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := redistest.NewFake(t)
		c := dial(t, f)
		f.Pause()
		c.send("PING")
		synctest.Wait()
		f.Close()
		f.Close()
	})
}

func TestEarlierRepliesAreOutBeforeAHandlerRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := redistest.NewFake(t)
		f.Handle("GET", func(c *redistest.Conn, args []string) string {
			c.Sleep(time.Hour)
			return redistest.Null
		})
		c := dial(t, f)
		start := time.Now()
		c.send("PING", "GET k")
		c.want("+PONG\r\n")
		if took := time.Since(start); took != 0 {
			t.Errorf("PONG came after %v; want at once", took)
		}
	})
}

func TestSendsFromTheTestGoBetweenReplies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := redistest.NewFake(t)
		f.Handle("GET", func(c *redistest.Conn, args []string) string {
			c.Sleep(5 * time.Millisecond)
			return redistest.Simple("late")
		})
		c := dial(t, f)
		start := time.Now()
		c.send("GET a", "GET b")
		time.Sleep(7 * time.Millisecond)
		f.Conn(0).Send(redistest.Push(redistest.Bulk("x")))
		c.want("+late\r\n>1\r\n$1\r\nx\r\n+late\r\n")
		if took := time.Since(start); took != 10*time.Millisecond {
			t.Errorf("took %v; want 10ms", took)
		}
		f.Conn(0).Reset()
		c.wantEnd(syscall.ECONNRESET)
	})
}

func TestAMalformedRequestFailsTheTest(t *testing.T) {
	for _, raw := range []string{"PING\r\n", "*0\r\n", "*1\n$1\r\n", "*-1\r\n", "*1\r\n$01\r\n", "*1\r\n$1\r\nab\r\n", "*99999999999999999999\r\n", "*1\r\n:1\r\n"} {
		r := &recorder{TB: t}
		failure := r.run(func() {
			f := redistest.NewFake(r)
			c := dial(r, f)
			io.WriteString(c, raw)
			io.ReadAll(c)
		})
		if !strings.Contains(failure, "connection 0: request") && !strings.Contains(failure, "argument of") {
			t.Errorf("%q: failure %q; want one that shows the request", raw, failure)
		}
	}
}

func TestAFakeServesRealSockets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	for _, network := range []string{"tcp", "unix"} {
		ln, err := net.Listen(network, map[string]string{"tcp": "127.0.0.1:0", "unix": path}[network])
		if err != nil {
			t.Fatal(err)
		}
		f := redistest.NewFakeOn(t, ln)
		c := dial(t, f)
		c.send("PING")
		c.want("+PONG\r\n")
		if network == "tcp" {
			f.Conn(0).Reset()
			c.wantEnd(syscall.ECONNRESET)
		}
		f.Close()
	}
}

func TestALargeRequestArrivesWhole(t *testing.T) {
	f := redistest.NewFakeOn(t, memnet.Listen(memnet.Options{Buffer: 1000}))
	c := dial(t, f)
	value := strings.Repeat("x", 1<<20)
	go io.WriteString(c, request("ECHO", value))
	c.want(fmt.Sprintf("$%d\r\n%s\r\n", len(value), value))
}
