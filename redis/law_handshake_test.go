package redis_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviours C1, C3. Without HELLO the order is AUTH, SELECT, SETNAME, and nothing goes out before the reply to what went before.
func TestTheHandshakeOverRESP2HasItsOrderToo(t *testing.T) {
	for name, row := range map[string]struct {
		protocol int
		want     []string
	}{
		"asked for":     {2, []string{"AUTH ann secret", "SELECT 5", "CLIENT SETNAME worker", "ECHO x"}},
		"HELLO refused": {3, []string{"HELLO 3 AUTH ann secret", "AUTH ann secret", "SELECT 5", "CLIENT SETNAME worker", "ECHO x"}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.RequireAuth("ann", "secret")
				srv.Handle("HELLO", redistest.Always(redistest.Error("ERR unknown command 'HELLO'")))
				connected := make(chan int, 1)
				client := dialFake(t, srv, func(o *redis.Options) {
					o.Protocol = row.protocol
					o.Username, o.Password, o.Database, o.ClientName = "ann", "secret", 5, "worker"
					o.OnConnect = func(*redis.Client) { connected <- len(srv.Received(0)) }
				})
				if got := await(t, client.Echo("x")); got != "x" {
					t.Errorf("ECHO = %q; want x", got)
				}
				if got := srv.Received(0); !slices.Equal(got, row.want) {
					t.Errorf("received %q; want %q", got, row.want)
				}
				if steps := len(row.want) - 1; <-connected < steps {
					t.Errorf("OnConnect came before the last of %d steps", steps)
				}
				for i, n := range srv.Reads(0) {
					if n != 1 {
						t.Errorf("read %d brought %d requests; want one at a time", i, n)
					}
				}
			})
		})
	}
}

// Behaviour F7. A reply while nothing is in flight: nobody gets it, the connection is replaced, the next command is right.
func TestAReplyThatNobodyAskedForEndsTheConnection(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		reasons := make(chan string, 10)
		client := dialFake(t, srv, func(o *redis.Options) {
			o.OnDisconnect = func(_ *redis.Client, reason string) { reasons <- reason }
		})
		await(t, client.Ping())
		_ = srv.Conn(0).Send(":6\r\n")
		synctest.Wait()
		select {
		case reason := <-reasons:
			if reason != redis.ReasonProtocolError {
				t.Errorf("reason = %s; want protocol_error", reason)
			}
		default:
			t.Error("the connection goes on; want it replaced")
		}
		if got := await(t, client.Echo("mine")); got != "mine" {
			t.Errorf("ECHO = %q; want its own reply", got)
		}
		if n := srv.Accepted(); n != 2 {
			t.Errorf("connections = %d; want a new one", n)
		}
	})
}

// Behaviour F7, on real servers: they answer before they are asked, and close.
func TestAFullServerIsAConnectionErrorWithItsText(t *testing.T) {
	redistest.EachWith(t, redistest.Options{Args: []string{"--maxclients", "1"}}, func(t *testing.T, srv *redistest.Server) {
		first := redis.New(redis.Options{Addr: srv.Addr})
		defer first.Close()
		await(t, first.Ping())
		for i := range 50 {
			second := redis.New(redis.Options{Addr: srv.Addr, Protocol: 3 - i%2, Password: strings.Repeat("x", i%2)})
			err := second.Connect(limit(t))
			if e := asErr[*redis.ConnectionError](t, err); !strings.Contains(e.Error(), "max number of clients") {
				t.Fatalf("attempt %d: Connect = %v; want the server's text", i, err)
			}
			_ = second.Close()
		}
		if got := await(t, first.Echo("mine")); got != "mine" {
			t.Errorf("ECHO on the first connection = %q; want mine", got)
		}
	})
}
