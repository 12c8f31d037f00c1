package redis_test

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviours PL1, PL3.
func TestAPipelineIsUsedOnceAndNotBeforeExec(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv)
		if err := client.Pipeline().Exec(limit(t)); err != nil {
			t.Errorf("Exec of an empty pipeline = %v", err)
		}
		p := client.Pipeline()
		get := p.Get("k")
		if _, err := get.Await(limit(t)); !errors.Is(err, redis.ErrNotFlushed) {
			t.Errorf("Await before Exec = %v; want ErrNotFlushed", err)
		}
		synctest.Wait()
		if n := srv.Accepted(); n != 0 {
			t.Errorf("%d connections before Exec; want none", n)
		}
		if err := p.Exec(limit(t)); err != nil {
			t.Fatal(err)
		}
		await(t, get)
		if err := p.Exec(limit(t)); !errors.As(err, new(*redis.ArgumentError)) {
			t.Errorf("a second Exec = %v; want an *ArgumentError", err)
		}
		if n := p.Len(); n != 1 {
			t.Errorf("Len after Exec = %d; want 1", n)
		}
		awaitErr[*redis.ArgumentError](t, p.Get("k"))
		p.Discard()

		d := client.Pipeline()
		gone := d.Incr("n")
		d.Discard()
		if _, err := gone.Await(limit(t)); !errors.Is(err, redis.ErrDiscarded) || !redis.SafeToRetry(err) {
			t.Errorf("after Discard: %v; want ErrDiscarded", err)
		}
		err := client.Pipelined(limit(t), func(p *redis.Pipeline) error { p.Incr("n"); return syscall.EINVAL })
		if !errors.Is(err, syscall.EINVAL) || srv.Count("INCR") != 0 {
			t.Errorf("Pipelined = %v, %d INCR sent; want the error of the function, none", err, srv.Count("INCR"))
		}
		small := dialFake(t, srv, func(o *redis.Options) { o.MaxPipeline = 2 }).Pipeline()
		small.Get("a")
		small.Get("b")
		awaitErr[*redis.ArgumentError](t, small.Get("c"))
	})
}

// Behaviour PL1. What was cancelled before Exec is not sent, nor is what is bound to a context that has ended.
func TestAPipelineLeavesOutWhatWasGivenUp(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv)
		ended, cancel := context.WithCancel(context.Background())
		p := client.Pipeline()
		a, b, c, d := p.Incr("a"), p.Incr("b"), p.With(ended).Incr("c"), p.Incr("d")
		b.Cancel(nil)
		cancel()
		var failed *redis.PipelineError
		if err := p.Exec(limit(t)); !errors.As(err, &failed) || len(failed.Failed) != 2 {
			t.Errorf("Exec = %v; want two failures", err)
		}
		await(t, a)
		awaitFails(t, b)
		awaitFails(t, c)
		await(t, d)
		if got := strings.Join(srv.Received(0)[1:], "|"); got != "INCR a|INCR d" {
			t.Errorf("the server got %s; want INCR a, INCR d", got)
		}
	})
}

// Commands of a pipeline go out with nothing between them, and in one write.
func TestAPipelineIsOneRun(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv)
		await(t, client.Ping())
		stop := make(chan struct{})
		for range 4 {
			go func() {
				for {
					select {
					case <-stop:
						return
					default:
						_, _ = client.Get("other").Await(context.Background())
					}
				}
			}()
		}
		for range 50 {
			p := client.Pipeline()
			for range 10 {
				p.Incr("n")
			}
			if err := p.Exec(limit(t)); err != nil {
				t.Fatal(err)
			}
		}
		close(stop)
		synctest.Wait()
		run := 0
		for _, c := range srv.Commands() {
			if c == "INCR n" {
				run++
				continue
			}
			if run%10 != 0 {
				t.Fatalf("%s stands between the commands of a pipeline, after %d of them", c, run%10)
			}
		}
		if run != 500 {
			t.Errorf("%d INCR; want 500", run)
		}
	})
}

// Behaviour Q1, Q2. A pipeline counts as so many commands, and is let in or refused as a whole.
func TestAPipelineIsAdmittedAsAWhole(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("GET", func(c *redistest.Conn, args []string) string { c.Sleep(time.Second); return "$-1\r\n" })
		client := dialFake(t, srv, func(o *redis.Options) { o.MaxPending, o.QueueSize = 10, 4 })
		await(t, client.Ping())
		var waits []time.Duration
		for range 3 {
			p := client.Pipeline()
			for range 6 {
				p.Get("k")
			}
			start := time.Now()
			go func() { _ = p.Exec(limit(t)) }()
			synctest.Wait()
			for client.Stats().Waiting > 0 {
				time.Sleep(10 * time.Millisecond)
			}
			waits = append(waits, time.Since(start))
		}
		if waits[0] > 0 || waits[1] < time.Second || waits[2] < 5*time.Second {
			t.Errorf("pipelines of 6 waited %v; want the second and third to wait for room", waits)
		}
		time.Sleep(time.Minute)
		srv.Memory().RefuseDials(syscall.ECONNREFUSED)
		srv.Conn(0).Close()
		synctest.Wait()
		p := client.Pipeline()
		var fs []*future.Future[int64]
		for range 5 {
			fs = append(fs, p.Incr("n"))
		}
		if err := p.Exec(limit(t)); !redis.SafeToRetry(err) {
			t.Errorf("Exec = %v; want not executed", err)
		}
		for _, f := range fs {
			awaitErr[*redis.DisconnectedError](t, f)
		}
	})
}

// Behaviours D3, PL3. Law G4. The write is cut inside of command 7: that and what follows go out again, the others may have run.
func TestAPipelineThatIsCutKeepsTheOutcomeOfEachCommand(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("INCR", func(c *redistest.Conn, args []string) string {
			if c.Number() == 0 {
				return ""
			}
			return c.Default(args)
		})
		first := firstConn(srv)
		client := dialFake(t, srv)
		await(t, client.Ping())
		const frame = len("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n")
		first().FailWriteAfter(6*frame+5, syscall.EPIPE)
		p := client.Pipeline()
		var fs []*future.Future[int64]
		for range 10 {
			fs = append(fs, p.Incr("n"))
		}
		var failed *redis.PipelineError
		if err := p.Exec(limit(t)); !errors.As(err, &failed) || len(failed.Failed) != 6 {
			t.Fatalf("Exec = %v; want six failures", err)
		}
		for i, f := range fs {
			if i < 6 {
				if o := outcome(t, f); o != redis.Unknown {
					t.Errorf("command %d: %v; want unknown", i, o)
				}
			} else {
				await(t, f)
			}
		}
	})
}

// Behaviour D4. Law G4. A transaction whose EXEC was cut, and of which nothing was answered, has not run, whatever of it went out: it
// goes out again as a whole.
func TestATransactionThatIsCutGoesOutAgainAsAWhole(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		first := firstConn(srv)
		withTx(srv)
		client := dialFake(t, srv)
		await(t, client.Ping())
		before := client.Incr("before")
		await(t, before)
		first().Hold() // what goes out must not be answered before the write has failed
		first().FailWriteAfter(len("*1\r\n$5\r\nMULTI\r\n")+2*len("*2\r\n$4\r\nINCR\r\n$1\r\na\r\n")+5, syscall.EPIPE)
		tx := client.Tx()
		a, b := tx.Incr("a"), tx.Incr("b")
		if err := tx.Exec(limit(t)); err != nil {
			t.Fatalf("Exec = %v; want success on the next connection", err)
		}
		await(t, a)
		await(t, b)
		if got := strings.Join(srv.Received(1)[1:], "|"); got != "MULTI|INCR a|INCR b|EXEC" {
			t.Errorf("the second connection got %s; want the whole transaction", got)
		}
	})
}

// Behaviour D4. Law G4. EXEC was sent to its last byte: all of it is Unknown, and nothing is sent again.
func TestATransactionWhoseReplyWasLostIsUnknown(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		withTx(srv)
		srv.Handle("EXEC", func(c *redistest.Conn, args []string) string { c.Close(); return "" })
		client := dialFake(t, srv)
		tx := client.Tx()
		a := tx.Incr("a")
		err := tx.Exec(limit(t))
		if e := (*redis.ConnectionError)(nil); !errors.As(err, &e) || e.Outcome() != redis.Unknown {
			t.Errorf("Exec = %v; want a *ConnectionError, unknown", err)
		}
		if o := outcome(t, a); o != redis.Unknown {
			t.Errorf("INCR: %v; want unknown", o)
		}
		await(t, client.Ping())
		if n := srv.Count("MULTI"); n != 1 {
			t.Errorf("MULTI was sent %d times; want once", n)
		}
	})
}

// Behaviour X5, and law G4: where MULTI itself is refused, what stands behind it may have run.
func TestATransactionWithoutItsMultiIsUnknown(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("MULTI", redistest.Always("-NOPERM this user has no permissions to run the 'multi' command\r\n"))
		srv.Handle("EXEC", redistest.Always("-ERR EXEC without MULTI\r\n"))
		client := dialFake(t, srv)
		tx := client.Tx()
		a := tx.Incr("a")
		if err := tx.Exec(limit(t)); err == nil || redis.SafeToRetry(err) || !strings.Contains(err.Error(), "NOPERM") {
			t.Errorf("Exec = %v; want an unknown outcome that tells why", err)
		}
		if o := outcome(t, a); o != redis.Unknown {
			t.Errorf("INCR: %v; want unknown: it ran without MULTI", o)
		}
		await(t, client.Incr("a"))
	})
}

// Law G10. A reply of the wrong shape inside of EXEC's fails its command alone; one that is not of EXEC fails them all.
func TestAReplyOfTheWrongShapeInsideOfExec(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		withTx(srv)
		client := dialFake(t, srv)
		for _, reply := range []string{"*2\r\n*2\r\n:1\r\n*1\r\n:2\r\n:7\r\n", "*2\r\n%1\r\n:1\r\n:2\r\n:7\r\n"} {
			srv.Handle("EXEC", redistest.Always(reply))
			tx := client.Tx()
			a, b := tx.Incr("a"), tx.Incr("b")
			_ = tx.Exec(limit(t))
			awaitErr[*redis.ProtocolError](t, a)
			if n := await(t, b); n != 7 {
				t.Errorf("b = %d; want 7", n)
			}
		}
		for _, reply := range []string{"*1\r\n:1\r\n", ":1\r\n", "+OK\r\n", "*3\r\n:1\r\n:2\r\n:3\r\n"} {
			srv.Handle("EXEC", redistest.Always(reply))
			tx := client.Tx()
			a, b := tx.Incr("a"), tx.Incr("b")
			if err := tx.Exec(limit(t)); !errors.As(err, new(*redis.ProtocolError)) {
				t.Errorf("Exec = %v; want a *ProtocolError", err)
			}
			awaitErr[*redis.ProtocolError](t, a)
			awaitErr[*redis.ProtocolError](t, b)
		}
		await(t, client.Ping())
		if n := srv.Accepted(); n != 1 {
			t.Errorf("%d connections; want 1: the stream is aligned", n)
		}
	})
}

// Law G6. A transaction that nobody answers is late as anything else, and the watchdog does not tear it while it waits.
func TestATransactionOfflineIsWholeOrNotAtAll(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		withTx(srv)
		client := dialFake(t, srv, func(o *redis.Options) { o.ReadTimeout, o.ReconnectDelayMax = 3*time.Second, 200*time.Millisecond })
		await(t, client.Ping())
		srv.Memory().RefuseDials(syscall.ECONNREFUSED)
		srv.Conn(0).Close()
		synctest.Wait()
		tx := client.Tx()
		a := tx.Incr("a")
		if err := tx.Exec(limit(t)); !redis.SafeToRetry(err) {
			t.Errorf("Exec = %v; want not executed", err)
		}
		awaitErr[*redis.TimeoutError](t, a)
		srv.Memory().RefuseDials(nil)
		await(t, client.Ping())
		if n := srv.Count("MULTI") + srv.Count("EXEC") + srv.Count("INCR"); n != 0 {
			t.Errorf("%d commands of the transaction were sent; want none", n)
		}
	})
}

// withTx teaches a scripted server transactions of INCR.
func withTx(srv *redistest.Fake) {
	queued := map[int][][]string{}
	in := map[int]bool{}
	srv.Handle("MULTI", func(c *redistest.Conn, args []string) string {
		in[c.Number()], queued[c.Number()] = true, nil
		return "+OK\r\n"
	})
	srv.Handle("INCR", func(c *redistest.Conn, args []string) string {
		if !in[c.Number()] {
			return c.Default(args)
		}
		queued[c.Number()] = append(queued[c.Number()], args)
		return "+QUEUED\r\n"
	})
	srv.Handle("EXEC", func(c *redistest.Conn, args []string) string {
		var replies []string
		for _, args := range queued[c.Number()] {
			replies = append(replies, c.Default(args))
		}
		in[c.Number()] = false
		return redistest.Array(replies...)
	})
}
