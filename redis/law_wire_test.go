package redis_test

import (
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviours F7, W. Law G9. Each of these replies to an INCR is malformed: the command
// fails with a ProtocolError, the connection is replaced, the next command is right.
func TestAMalformedReplyFailsWithProtocolErrorAndReplacesTheConnection(t *testing.T) {
	for _, raw := range []string{
		"+OK\n" + strings.Repeat(" ", 8),
		":9223372036854775808\r\n",
		":\r\n", ":-\r\n", ":1.1\r\n",
		"$-2\r\n", "*-2\r\n", "%-1\r\n",
		"$3\r\nabcXY",
		"$99999999999\r\n", "*2147483648\r\n",
		"?what\r\n", "HTTP/1.1 400 Bad Request\r\n",
		strings.Repeat("*1\r\n", 5000),
	} {
		t.Run(strings.TrimSpace(raw[:min(12, len(raw))]), func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				reasons := make(chan string, 10)
				srv.Handle("INCR", redistest.InTurn(raw, redistest.Int(7)))
				client := dialFake(t, srv, func(o *redis.Options) {
					o.OnDisconnect = func(_ *redis.Client, reason string) { reasons <- reason }
				})
				awaitErr[*redis.ProtocolError](t, client.Incr("n"))
				if reason := <-reasons; reason != redis.ReasonProtocolError {
					t.Errorf("reason = %s; want protocol_error", reason)
				}
				if n := await(t, client.Incr("n")); n != 7 {
					t.Errorf("the next INCR = %d; want 7", n)
				}
				if n := srv.Accepted(); n != 2 {
					t.Errorf("connections = %d; want 2", n)
				}
			})
		})
	}
}

// Behaviours F7, W. Law G9.
func TestASurplusReplyIsNeverHandedToTheNextCommand(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("INCR", redistest.InTurn(":5\r\n:6\r\n", redistest.Int(1)))
		client := dialFake(t, srv)
		if n := await(t, client.Incr("n")); n != 5 {
			t.Errorf("INCR = %d; want 5", n)
		}
		if got := await(t, client.Echo("mine")); got != "mine" {
			t.Errorf("ECHO = %q; want its own reply", got)
		}
		if n := srv.Accepted(); n != 2 {
			t.Errorf("connections = %d; want a new one", n)
		}
	})
}

// Behaviour F7.
func TestAServerThatTakesNoMoreClientsIsAConnectionErrorWithItsText(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		const text = "ERR max number of clients reached"
		srv.Handle("HELLO", func(c *redistest.Conn, args []string) string {
			_ = c.Send(redistest.Error(text))
			c.Close()
			return ""
		})
		client := dialFake(t, srv)
		err := client.Connect(limit(t))
		if e := asErr[*redis.ConnectionError](t, err); !strings.Contains(e.Error(), text) {
			t.Errorf("Connect = %v; want the server's text", err)
		}
	})
}

// Law G10.
func TestAReplyOfTheWrongShapeFailsItsCommandAlone(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("INCR", redistest.Always(redistest.Array(redistest.Bulk("a"), redistest.Array(redistest.Int(1)))))
		srv.Handle("HGETALL", redistest.Always(redistest.Array(redistest.Bulk("odd"))))
		srv.Handle("MGET", redistest.Always(redistest.Array(redistest.Bulk("a"), redistest.Array(redistest.Int(1)), redistest.Bulk("b"))))
		client := dialFake(t, srv)
		incr := client.Incr("n")
		hash := client.HGetAll("h")
		mget := client.MGet("a", "b", "c")
		next := client.Echo("next")
		if e := awaitErr[*redis.ProtocolError](t, incr); e.Command != "INCR" {
			t.Errorf("error = %v; want it to name INCR", e)
		}
		awaitErr[*redis.ProtocolError](t, hash)
		awaitErr[*redis.ProtocolError](t, mget)
		if got := await(t, next); got != "next" {
			t.Errorf("ECHO = %q; want its own reply", got)
		}
		if n := srv.Accepted(); n != 1 {
			t.Errorf("connections = %d; want 1", n)
		}
	})
}

// Behaviour W. Law G3.
func TestPushFramesAndAttributesLeaveRepliesUntouched(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		push := redistest.Push(redistest.Bulk("invalidate"), redistest.Array(redistest.Bulk("k")))
		strange := redistest.Push(redistest.Bulk("what is this"), redistest.Int(1)) + redistest.Push()
		attribute := "|1\r\n+ttl\r\n:3600\r\n"
		srv.Handle("ECHO", func(c *redistest.Conn, args []string) string {
			return push + attribute + redistest.Bulk(args[1]) + strange
		})
		srv.Handle("LRANGE", redistest.Always(redistest.Array(attribute+redistest.Bulk("a"), redistest.Bulk("b"))))
		client := dialFake(t, srv)
		for range 3 {
			if got := await(t, client.Echo("x")); got != "x" {
				t.Errorf("ECHO = %q; want x", got)
			}
			if got := await(t, client.LRange("l", 0, -1)); len(got) != 2 || got[0] != "a" || got[1] != "b" {
				t.Errorf("LRANGE = %q; want a, b", got)
			}
		}
		if n := srv.Accepted(); n != 1 {
			t.Errorf("connections = %d; want 1", n)
		}
	})
}

// Behaviour W. Law G9.
func TestRepliesMayArriveOneByteAtATime(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("HGETALL", func(c *redistest.Conn, args []string) string {
			_ = c.Drip(time.Millisecond, redistest.Map(redistest.Bulk("a"), redistest.Bulk("1"), redistest.Bulk("b"), redistest.Bulk("\r\n")))
			return ""
		})
		client := dialFake(t, srv)
		got := await(t, client.HGetAll("h"))
		if len(got) != 2 || got["a"] != "1" || got["b"] != "\r\n" {
			t.Errorf("HGETALL = %q; want a:1 b:CRLF", got)
		}
	})
}

// Behaviour W.
func TestAReplyThatIsCutOffGivesAConnectionErrorAndNeverAValue(t *testing.T) {
	const reply = "*2\r\n$3\r\nabc\r\n$3\r\ndef\r\n"
	for n := range len(reply) {
		bubble(t, func(t *testing.T, srv *redistest.Fake) {
			srv.Handle("LRANGE", func(c *redistest.Conn, args []string) string {
				_ = c.Send(reply[:n])
				c.Close()
				return ""
			})
			client := dialFake(t, srv)
			if e := awaitErr[*redis.ConnectionError](t, client.LRange("l", 0, -1)); e.Outcome() != redis.Unknown {
				t.Errorf("cut at %d: outcome %v; want unknown", n, e.Outcome())
			}
		})
	}
}
