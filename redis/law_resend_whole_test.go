package redis_test

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// tornServer answers transactions, and cuts the first connection when it has taken 500 bytes. By then the client has read the
// +OK of MULTI.
func tornServer(t *testing.T) *redistest.Fake {
	srv := redistest.NewFakeOn(t, memnet.Listen(memnet.Options{Buffer: 64, NoReset: true}))
	srv.Handle("MULTI", redistest.Always("+OK\r\n"))
	srv.Handle("SET", redistest.Always("+QUEUED\r\n"))
	srv.Handle("INCR", func(c *redistest.Conn, _ []string) string {
		c.Sleep(time.Millisecond) // the +OK of MULTI is read, while the write waits for room
		return "+QUEUED\r\n"
	})
	srv.Handle("EXEC", redistest.Always("*2\r\n:1\r\n+OK\r\n"))
	srv.Memory().OnDial(func(c *memnet.Conn) {
		if len(srv.Memory().Dialed()) == 1 {
			c.FailWriteAfter(500, syscall.EPIPE)
		}
	})
	return srv
}

// Laws G2, G4. Behaviour X4. The server answers MULTI while the rest of the transaction is still being written, and then the
// write is cut: MULTI goes out again with the rest, or nothing does.
func TestATransactionThatWasAnsweredInPartAndCutGoesOutAgainWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := tornServer(t)
		tx := dialFake(t, srv).Tx()
		tx.Incr("n")
		tx.Set("k", strings.Repeat("x", 1000))
		_ = tx.Exec(limit(t))
		time.Sleep(time.Second)
		var second []string
		for _, r := range srv.Received(1) {
			name, _, _ := strings.Cut(r, " ")
			second = append(second, name)
		}
		if want := []string{"HELLO", "MULTI", "INCR", "SET", "EXEC"}; !slices.Equal(second, want) && len(second) > 1 {
			t.Errorf("the second connection got %v; want %v, or nothing of it", second, want)
		}
	})
}

// Law G4. The answers of the first connection do not count when the transaction goes out again: where MULTI is refused
// then, what stands behind it runs by itself.
func TestATransactionThatGoesOutAgainForgetsItsFirstAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := tornServer(t)
		second := func(c *redistest.Conn, then, first string) string {
			if c.Number() > 0 {
				return then
			}
			return first
		}
		srv.Handle("MULTI", func(c *redistest.Conn, _ []string) string { return second(c, "-NOPERM no\r\n", "+OK\r\n") })
		srv.Handle("INCR", func(c *redistest.Conn, _ []string) string {
			c.Sleep(time.Millisecond)
			return second(c, ":1\r\n", "+QUEUED\r\n")
		})
		srv.Handle("SET", func(c *redistest.Conn, _ []string) string { return second(c, "+OK\r\n", "+QUEUED\r\n") })
		srv.Handle("EXEC", redistest.Always("-ERR EXEC without MULTI\r\n"))
		tx := dialFake(t, srv).Tx()
		n := tx.Incr("n")
		tx.Set("k", strings.Repeat("x", 1000))
		_ = tx.Exec(limit(t))
		if srv.Count("INCR") > 1 && outcome(t, n) == redis.NotExecuted {
			t.Errorf("INCR ran on the second connection, outside of a transaction, and has outcome not executed")
		}
	})
}

// Law G4. A read that was executed, and waits to be sent again when its time is up, may have run.
func TestAReadThatRanAndWasNotSentAgainInTimeIsUnknown(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("GET", func(c *redistest.Conn, _ []string) string {
			srv.Memory().RefuseDials(syscall.ECONNREFUSED)
			c.Close()
			return ""
		})
		client := dialFake(t, srv, func(o *redis.Options) { o.RetryReadOnly, o.ReadTimeout = true, time.Second })
		if o := outcome(t, client.Get("k")); o != redis.Unknown {
			t.Errorf("outcome = %v; want unknown: the server has executed it", o)
		}
	})
}
