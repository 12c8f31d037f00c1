package redis_test

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/internal/tuning"
	"github.com/futureio/futureio-go/redis"
)

// The tests of this file are of a caller who is alone on his connection and writes and reads by himself. The other tests of laws run in that
// role as well where the environment has CALM_TURNS=1 (make test does both), and half of the simulator's schedules do.

// alone makes a client of a scripted server whose only caller writes and reads by himself from now on. It returns the client's end of the
// connection.
func alone(t *testing.T, srv *redistest.Fake, change ...func(o *redis.Options)) (*redis.Client, *memnet.Conn) {
	t.Helper()
	conn := firstConn(srv)
	client := dialFake(t, srv, change...)
	if !leaves(t, client) {
		t.Fatal("the reader has not left its place to the only caller")
	}
	return client, conn()
}

// leaves tells whether the reader leaves its place to the only caller of a connection.
func leaves(t *testing.T, role interface{ Ping() *future.Future[string] }) bool {
	t.Helper()
	before := parked()
	for range 10 * tuning.CalmTurns {
		await(t, role.Ping())
		synctest.Wait()
		if parked() > before {
			return true
		}
	}
	return false
}

// parked counts the readers that have left their places.
func parked() int { return strings.Count(stacks(), "redis.(*seat).away(") }

// sitters counts the callers that read.
func sitters() int { return strings.Count(stacks(), "redis.(*seat).read(") }

func stacks() string {
	buf := make([]byte, 1<<20)
	return string(bytes.TrimSpace(buf[:runtime.Stack(buf, true)]))
}

// whileSitting calls op while a caller waits for the reply of a GET that does not come, and returns what the caller got.
func whileSitting(t *testing.T, srv *redistest.Fake, client *redis.Client, ctx context.Context, op func(f *future.Future[redis.Opt[string]])) error {
	t.Helper()
	srv.Pause()
	f := client.Get("k")
	got := make(chan error, 1)
	go func() {
		_, err := f.Await(ctx)
		got <- err
	}()
	synctest.Wait()
	if n := sitters(); n != 1 {
		t.Fatalf("%d callers read by themselves; want 1", n)
	}
	op(f)
	synctest.Wait()
	select {
	case err := <-got:
		if n := sitters(); n != 0 {
			t.Errorf("%d callers read by themselves after that; want none", n)
		}
		return err
	default:
		t.Fatal("he still waits")
		return nil
	}
}

// Law G6. Whatever ends a wait ends the read of who reads by himself, at once.
func TestWhoReadsByHimselfLeavesWhenHisWaitEnds(t *testing.T) {
	gone := errors.New("gone")
	for name, c := range map[string]struct {
		end  func(client *redis.Client, f *future.Future[redis.Opt[string]], cancel context.CancelCauseFunc)
		want func(err error) bool
	}{
		"his context ends": {
			func(_ *redis.Client, _ *future.Future[redis.Opt[string]], cancel context.CancelCauseFunc) {
				cancel(gone)
			},
			func(err error) bool { return err == gone },
		},
		"the future is cancelled": {
			func(_ *redis.Client, f *future.Future[redis.Opt[string]], _ context.CancelCauseFunc) { f.Cancel(gone) },
			func(err error) bool { return err == gone },
		},
		"the time limit": {
			func(*redis.Client, *future.Future[redis.Opt[string]], context.CancelCauseFunc) {
				time.Sleep(5500 * time.Millisecond)
			},
			func(err error) bool {
				var e *redis.TimeoutError
				return errors.As(err, &e) && e.Outcome() == redis.Unknown
			},
		},
		"the client is closed": {
			func(client *redis.Client, _ *future.Future[redis.Opt[string]], _ context.CancelCauseFunc) {
				over, cancel := context.WithCancel(context.Background())
				cancel()
				_ = client.Shutdown(over)
			},
			func(err error) bool {
				var e *redis.ConnectionError
				return errors.As(err, &e) && e.Reason == redis.ReasonClientClosed
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				client, _ := alone(t, srv, func(o *redis.Options) { o.ReadTimeout = 5 * time.Second })
				ctx, cancel := context.WithCancelCause(context.Background())
				defer cancel(nil)
				err := whileSitting(t, srv, client, ctx, func(f *future.Future[redis.Opt[string]]) { c.end(client, f, cancel) })
				if !c.want(err) {
					t.Errorf("he got %v", err)
				}
			})
		})
	}
}

// Law G6. So does it in the middle of a reply; the rest of that is read by the reader.
func TestWhoReadsByHimselfLeavesInTheMiddleOfAReply(t *testing.T) {
	for name, size := range map[string]int{"a short one": 100, "a long one": 100_000} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				value := strings.Repeat("x", size)
				reply := redistest.Bulk(value)
				srv.Handle("GET", func(c *redistest.Conn, _ []string) string {
					_ = c.Send(reply[:len(reply)/2])
					c.Sleep(time.Second)
					return reply[len(reply)/2:]
				})
				client, _ := alone(t, srv)
				ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
				defer cancel()
				start := time.Now()
				f := client.Get("k")
				if _, err := f.Await(ctx); err != context.DeadlineExceeded || time.Since(start) != 100*time.Millisecond {
					t.Errorf("he got %v after %v; want DeadlineExceeded after 100 ms", err, time.Since(start))
				}
				if v := await(t, f); v.Or("") != value {
					t.Errorf("GET = %d bytes; want %d", len(v.Or("")), size)
				}
				await(t, client.Ping())
			})
		})
	}
}

// Laws G2, G9. A reply that he cannot tell the end of by looking, or that is not in order, is the reader's: it is waited for no longer than it takes.
func TestWhoReadsByHimselfLeavesStrangeRepliesToTheReader(t *testing.T) {
	for name, c := range map[string]struct {
		reply string
		want  func(v redis.Opt[string], err error) bool
	}{
		"streamed": {"$?\r\n;3\r\nabc\r\n;0\r\n", func(v redis.Opt[string], err error) bool { return v.Or("") == "abc" && err == nil }},
		"malformed": {":x\r\n", func(_ redis.Opt[string], err error) bool {
			var e *redis.ProtocolError
			return errors.As(err, &e)
		}},
		"of another shape": {"*1\r\n:1\r\n", func(_ redis.Opt[string], err error) bool {
			var e *redis.ProtocolError
			return errors.As(err, &e)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.Handle("GET", func(*redistest.Conn, []string) string { return c.reply })
				client, _ := alone(t, srv)
				start := time.Now()
				if v, err := client.Get("k").Await(limit(t)); !c.want(v, err) {
					t.Errorf("GET = %v, %v", v, err)
				}
				if took := time.Since(start); took != 0 {
					t.Errorf("it took %v; want no time", took)
				}
			})
		})
	}
}

// Law G7. The late reply of a wait that was given up is nobody else's.
func TestTheReplyOfAReadThatWasGivenUpIsDropped(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, _ := alone(t, srv)
		await(t, client.Set("k", "of k"))
		await(t, client.Set("l", "of l"))
		ctx, cancel := context.WithCancel(context.Background())
		err := whileSitting(t, srv, client, ctx, func(*future.Future[redis.Opt[string]]) { cancel() })
		if err != context.Canceled {
			t.Errorf("he got %v; want Canceled", err)
		}
		next := client.Get("l")
		srv.Resume()
		if v := await(t, next); v.Or("") != "of l" {
			t.Errorf("GET l = %q, the reply of another command", v)
		}
	})
}

// Laws G2, G4. A connection that is lost while nobody reads it is noticed before the next command goes out on it.
func TestACommandDoesNotGoOutOnAConnectionThatWasLostWhileNobodyReadIt(t *testing.T) {
	for name, end := range map[string]func(c *redistest.Conn){"closed": (*redistest.Conn).Close, "reset": (*redistest.Conn).Reset} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				client, conn := alone(t, srv)
				n := await(t, client.Incr("n"))
				writes := conn.Stats().Writes
				end(srv.Conn(0))
				time.Sleep(100 * time.Microsecond) // so little that only a look at the connection can tell
				if m := await(t, client.Incr("n")); m != n+1 {
					t.Errorf("INCR = %d after %d", m, n)
				}
				if w := conn.Stats().Writes; w != writes {
					t.Errorf("%d writes to the lost connection; want none", w-writes)
				}
				if n := srv.Accepted(); n != 2 {
					t.Errorf("%d connections; want 2", n)
				}
			})
		})
	}
}

// Law G4. That an idle connection is lost is noticed soon, also when its last caller has read by himself.
func TestTheLossOfAConnectionThatNobodyReadsIsNoticed(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		lost := make(chan string, 1)
		_, _ = alone(t, srv, func(o *redis.Options) {
			o.OnDisconnect = func(_ *redis.Client, reason string) { lost <- reason }
		})
		start := time.Now()
		srv.Conn(0).Close()
		if reason := <-lost; reason != redis.ReasonServerClosed {
			t.Errorf("OnDisconnect: %s; want %s", reason, redis.ReasonServerClosed)
		}
		if took := time.Since(start); took > 10*time.Millisecond {
			t.Errorf("noticed after %v; want 10 ms at most", took)
		}
	})
}

// Law G2. A future whose outcome is asked for in another way than by Await is settled as fast.
func TestAReplyThatNobodySitsForIsReadWhenItIsAskedFor(t *testing.T) {
	for name, ask := range map[string]func(t *testing.T, f *future.Future[string]){
		"Done":    func(_ *testing.T, f *future.Future[string]) { <-f.Done() },
		"OnReady": func(t *testing.T, f *future.Future[string]) { await(t, f.OnReady(func(*future.Future[string]) {})) },
		"All":     func(t *testing.T, f *future.Future[string]) { await(t, future.All(f, f)) },
		"several": func(t *testing.T, f *future.Future[string]) { _, _, _ = future.Await2(limit(t), f, f) },
		"Settled": func(_ *testing.T, f *future.Future[string]) {
			for !f.Settled() {
				synctest.Wait()
			}
		},
		"TryGet": func(_ *testing.T, f *future.Future[string]) {
			for ok := false; !ok; _, ok, _ = f.TryGet() {
				synctest.Wait()
			}
		},
		"a wait for another": func(t *testing.T, f *future.Future[string]) {
			over, cancel := context.WithCancel(context.Background())
			cancel()
			_, _ = f.Await(over)
			for !f.Settled() {
				synctest.Wait()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				client, _ := alone(t, srv)
				start := time.Now()
				f := client.Ping()
				ask(t, f)
				if took := time.Since(start); took != 0 {
					t.Errorf("settled after %v; want at once", took)
				}
				if !f.Settled() {
					t.Error("not settled")
				}
			})
		})
	}
}

// Law G2. So is one that nobody asks for, within a few milliseconds.
func TestAReplyThatNobodyAsksForIsReadAllTheSame(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, _ := alone(t, srv)
		client.Incr("n")
		synctest.Wait()
		if n := srv.Count("INCR"); n != 1 {
			t.Errorf("%d INCR have reached the server; want 1, at once", n)
		}
		time.Sleep(11 * time.Millisecond)
		if n := client.Stats().InFlight; n != 0 {
			t.Errorf("%d commands in flight after 11 ms; want none", n)
		}
	})
}

// Law G2. Close waits for a reply that nobody sits for no longer than for others.
func TestCloseReadsAReplyThatNobodySitsFor(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, _ := alone(t, srv)
		start := time.Now()
		last := client.Incr("n")
		if err := client.Close(); err != nil || time.Since(start) != 0 {
			t.Errorf("Close: %v after %v; want nil at once", err, time.Since(start))
		}
		if n := await(t, last); n != 1 {
			t.Errorf("INCR = %d; want 1", n)
		}
	})
}

// Laws G1, G4. What the kernel does not take at once is left to the writer, and nothing goes out twice.
func TestWhatACallerCannotWriteAtOnceIsWrittenByTheWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.NewFakeOn(t, memnet.Listen(memnet.Options{Buffer: 100}))
		client, _ := alone(t, srv)
		long := strings.Repeat("x", 1000)
		for i := range 3 {
			await(t, client.Ping()) // so that he is alone again, later on
			await(t, client.Set("k"+strconv.Itoa(i), long))
		}
		for i := range 3 {
			if v := await(t, client.Get("k"+strconv.Itoa(i))); v.Or("") != long {
				t.Errorf("k%d has %d bytes; want %d", i, len(v.Or("")), len(long))
			}
		}
		if n := srv.Count("SET"); n != 3 {
			t.Errorf("%d SET have reached the server; want 3", n)
		}
	})
}

// Law G4. When the connection is lost between the part that a caller has written and the writer's, the commands that went out whole may
// have run and do not go out again; the others do.
func TestWhatACallerHadWrittenWhenTheConnectionWasLostIsNotWrittenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.NewFakeOn(t, memnet.Listen(memnet.Options{Buffer: 100}))
		client, conn := alone(t, srv)
		srv.Pause() // so that the buffer stays full
		conn.AfterWrite(func(n int) {
			conn.AfterWrite(nil)
			if n != 100 {
				t.Errorf("%d bytes were written by the caller; want 100, what the buffer takes", n)
			}
			srv.Conn(0).Reset()
			time.Sleep(time.Second) // for both loops to end
			srv.Resume()
		})
		p := client.Pipeline()
		a, b := p.Incr("a"), p.Incr("b")
		c := p.Set("c", strings.Repeat("x", 200))
		var e *redis.PipelineError
		if err := p.Exec(limit(t)); !errors.As(err, &e) || len(e.Failed) != 2 {
			t.Errorf("Exec: %v; want that two commands have failed", err)
		}
		for name, f := range map[string]*future.Future[int64]{"INCR a": a, "INCR b": b} {
			if o := outcome(t, f); o != redis.Unknown {
				t.Errorf("%s: %v; want Unknown", name, o)
			}
		}
		await(t, c)
		if n, m := srv.Count("INCR"), srv.Count("SET"); n > 2 || m != 1 {
			t.Errorf("%d INCR and %d SET have run; want 2 at most, those of the lost connection, and 1", n, m)
		}
	})
}

// Law G4. A write fails that a caller has begun, in his part or in the writer's. What went out whole counts from his first byte on; nothing runs
// twice, and the connection is replaced at once.
func TestAWriteThatACallerHasBegunFails(t *testing.T) {
	for name, size := range map[string]int{"in his part": 50, "in the writer's part": 150} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := redistest.NewFakeOn(t, memnet.Listen(memnet.Options{Buffer: 100}))
				client, conn := alone(t, srv)
				conn.FailWriteAfter(size, errors.New("broken"))
				const many = 12
				start := time.Now()
				p := client.Pipeline()
				var all []*future.Future[int64]
				for range many {
					all = append(all, p.Incr("n"))
				}
				_ = p.Exec(limit(t))
				unknown := 0
				for _, f := range all {
					if f.Err() != nil {
						unknown++
						if o := outcome(t, f); o != redis.Unknown {
							t.Errorf("an INCR has failed with %v; want Unknown", o)
						}
					}
				}
				const wire = len("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n")
				if whole := size / wire; unknown > whole {
					t.Errorf("%d INCR have failed; want those that went out whole at most, %d", unknown, whole)
				}
				if n := srv.Count("INCR"); n > many {
					t.Errorf("%d INCR have reached the server; want %d at most", n, many)
				}
				if took := time.Since(start); took != 0 {
					t.Errorf("it took %v; want no time", took)
				}
			})
		})
	}
}

// Laws G1, G4. While a caller writes, what others issue waits for its turn.
func TestOneWritesAtATime(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, conn := alone(t, srv)
		var others []*future.Future[int64]
		conn.AfterWrite(func(int) {
			conn.AfterWrite(nil)
			for range 3 {
				go func() { others = append(others, client.Incr("n")) }()
				synctest.Wait()
			}
		})
		if n := await(t, client.Incr("n")); n != 1 {
			t.Errorf("the first INCR = %d; want 1", n)
		}
		for i, f := range others {
			if n := await(t, f); n != int64(i+2) {
				t.Errorf("INCR = %d; want %d", n, i+2)
			}
		}
		if n := srv.Count("INCR"); n != 4 {
			t.Errorf("%d INCR have reached the server; want 4", n)
		}
	})
}

// Law G1. Callers that come and go, alone and together, get each their own reply.
func TestTheSeatGoesFromHandToHand(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, _ := alone(t, srv)
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				key := "k" + strconv.Itoa(g)
				for i := range 200 {
					time.Sleep(time.Duration((g*7+i)%5) * time.Millisecond)
					ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i%3)*time.Millisecond)
					_, _ = client.Ping().Await(ctx)
					cancel()
					want := strconv.Itoa(i)
					await(t, client.Set(key, want))
					if v := await(t, client.Get(key)); v.Or("") != want {
						t.Errorf("%s = %q; want %q", key, v, want)
					}
				}
			})
		}
		wg.Wait()
		if n := client.Stats().InFlight; n != 0 {
			t.Errorf("%d commands in flight; want none", n)
		}
	})
}

// Behaviour S7. Where messages may come, the reader is always there for them.
func TestTheReaderOfAConnThatIsSubscribedStays(t *testing.T) {
	overBoth(t, func(t *testing.T, protocol int) {
		bubble(t, func(t *testing.T, srv *redistest.Fake) {
			b, conn := dialBroker(t, srv, protocol)
			if !leaves(t, conn) {
				t.Fatal("the reader has not left its place to the only caller")
			}
			sub := await(t, conn.Subscribe("a"))
			if leaves(t, conn) {
				t.Error("the reader has left its place while its connection is subscribed")
			}
			start := time.Now()
			b.publish("a", "1")
			if m := next(t, sub); m.Payload != "1" || time.Since(start) != 0 {
				t.Errorf("Next = %+v after %v; want 1 at once", m, time.Since(start))
			}
			await(t, sub.Unsubscribe())
			if !leaves(t, conn) {
				t.Error("the reader has not left its place after the last unsubscribe")
			}
		})
	})
}

// Behaviour S7. A subscription that begins while a caller reads takes the connection from him.
func TestASubscriptionBeginsWhileACallerReads(t *testing.T) {
	overBoth(t, func(t *testing.T, protocol int) {
		bubble(t, func(t *testing.T, srv *redistest.Fake) {
			var end *memnet.Conn
			srv.Memory().OnDial(func(c *memnet.Conn) { end = c })
			b, conn := dialBroker(t, srv, protocol)
			if !leaves(t, conn) {
				t.Fatal("the reader has not left its place to the only caller")
			}
			end.Peer().Hold() // so that both replies come at once
			v := conn.Get("k")
			got := make(chan error, 1)
			go func() {
				_, err := v.Await(context.Background())
				got <- err
			}()
			synctest.Wait()
			sub := conn.Subscribe("a")
			synctest.Wait()
			end.Peer().Release()
			if err := <-got; err != nil {
				t.Errorf("GET: %v", err)
			}
			s := await(t, sub)
			start := time.Now()
			b.publish("a", "1")
			if m := next(t, s); m.Payload != "1" || time.Since(start) != 0 {
				t.Errorf("Next = %+v after %v; want 1 at once", m, time.Since(start))
			}
			if n := parked(); n != 0 {
				t.Errorf("%d readers have left their places; want none", n)
			}
		})
	})
}

// Behaviours X1, B1. On a Conn a caller who is alone has what changes the state of the connection, and what blocks, as others do.
func TestWhoIsAloneOnAConnMayBlockItAndChangeItsState(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		conn := dialConn(t, srv, func(o *redis.Options) { o.ReadTimeout = time.Second })
		if !leaves(t, conn) {
			t.Fatal("the reader has not left its place to the only caller")
		}
		srv.Handle("MULTI", func(*redistest.Conn, []string) string { return redistest.Simple("OK") })
		srv.Handle("SET", func(*redistest.Conn, []string) string { return redistest.Simple("QUEUED") })
		srv.Handle("EXEC", func(*redistest.Conn, []string) string { return redistest.Array(redistest.Simple("OK")) })
		conn.Multi()
		conn.Command("SET", "k", "v")
		if replies := await(t, conn.Exec()); len(replies) != 1 {
			t.Errorf("EXEC has %d replies; want 1", len(replies))
		}
		srv.Handle("BLPOP", func(c *redistest.Conn, _ []string) string {
			c.Sleep(5 * time.Second) // longer than ReadTimeout
			return redistest.Array(redistest.Bulk("q"), redistest.Bulk("x"))
		})
		if !leaves(t, conn) {
			t.Fatal("the reader has not left its place to the only caller")
		}
		f := conn.BLPop([]string{"q"}, 10*time.Second)
		go func() { _, _ = f.Await(context.Background()) }()
		synctest.Wait()
		if n := sitters(); n != 0 {
			t.Errorf("%d callers read by themselves during BLPOP; want none: others may want to, elsewhere", n)
		}
		if kv := await(t, f); kv.Or(redis.KeyValue{}).Value != "x" {
			t.Errorf("BLPOP = %v; want x", kv)
		}
		if n := srv.Accepted(); n != 1 {
			t.Errorf("%d connections; want 1", n)
		}
	})
}

// One caller of the process reads by himself; others, on other connections, are served by their readers.
func TestOneCallerReadsByHimselfAtATime(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, _ := alone(t, srv)
		other, _ := alone(t, srv)
		err := whileSitting(t, srv, client, limit(t), func(*future.Future[redis.Opt[string]]) {
			f := other.Get("k")
			got := make(chan error, 1)
			go func() {
				_, err := f.Await(context.Background())
				got <- err
			}()
			synctest.Wait()
			if n := sitters(); n != 1 {
				t.Errorf("%d callers read by themselves; want 1", n)
			}
			srv.Resume()
			if err := <-got; err != nil {
				t.Errorf("the other's GET: %v", err)
			}
		})
		if err != nil {
			t.Errorf("GET: %v", err)
		}
	})
}
