package redis_test

import (
	"context"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/internal/tuning"
	"github.com/futureio/futureio-go/redis"
)

// The tests of this file are of a caller who is alone with many commands in flight. The first that he issues goes out at once, and the others when he waits.

// gathering makes a client of a scripted server whose only caller has had many commands in flight, again and again. It returns the client's end of the
// connection.
func gathering(t *testing.T, srv *redistest.Fake, change ...func(o *redis.Options)) (*redis.Client, *memnet.Conn) {
	t.Helper()
	conn := firstConn(srv)
	client := dialFake(t, srv, change...)
	await(t, client.Ping())
	for range 10 * tuning.CalmTurns {
		conn().Hold() // until he waits
		fs := make([]*future.Future[string], 32)
		for i := range fs {
			fs[i] = client.Ping()
		}
		go func() {
			time.Sleep(1)
			conn().Release()
		}()
		for _, f := range fs {
			await(t, f)
		}
		synctest.Wait()
		if parked() > 0 {
			return client, conn()
		}
	}
	t.Fatal("the reader has not left its place to a caller with many commands in flight")
	return nil, nil
}

// inWindow issues commands one by one, and then waits for one after the other.
func inWindow(t *testing.T, client *redis.Client, n int) {
	t.Helper()
	fs := make([]*future.Future[string], n)
	for i := range fs {
		fs[i] = client.Echo(strconv.Itoa(i))
	}
	for i, f := range fs {
		if s := await(t, f); s != strconv.Itoa(i) {
			t.Fatalf("ECHO %d = %s", i, s)
		}
	}
}

// issue issues so many INCR.
func issue(client *redis.Client, n int) (fs []*future.Future[int64]) {
	for range n {
		fs = append(fs, client.Incr("n"))
	}
	return fs
}

// Laws G1, G2. He needs nobody: one write of the first, one of the others, and all replies are his.
func TestWhoHasManyInFlightWritesAndReadsByHimself(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, conn := gathering(t, srv)
		writes := conn.Stats().Writes
		fs := issue(client, 100)
		synctest.Wait()
		if n := srv.Count("INCR"); n != 1 {
			t.Errorf("%d INCR have reached the server before anybody waits; want the first", n)
		}
		start := time.Now()
		for i, f := range fs {
			if n := await(t, f); n != int64(i+1) {
				t.Errorf("INCR %d = %d", i+1, n)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("it took %v; want no time", took)
		}
		if w := conn.Stats().Writes - writes; w != 2 {
			t.Errorf("%d writes; want 2", w)
		}
		if n := parked(); n != 1 {
			t.Errorf("%d readers have left their places; want 1, still", n)
		}
	})
}

// Law G2. What nobody waits for goes out within 6 ms, and is answered.
func TestWhatNobodyWaitsForIsNotGatheredForLong(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, _ := gathering(t, srv)
		time.Sleep(3 * time.Millisecond)
		issue(client, 10)
		time.Sleep(6*time.Millisecond + time.Microsecond)
		if n := srv.Count("INCR"); n != 10 {
			t.Errorf("%d of 10 INCR have reached the server after 6 ms", n)
		}
		if n := client.Stats().InFlight; n != 0 {
			t.Errorf("%d commands in flight after 6 ms; want none", n)
		}
	})
}

// Law G2. Nor is what follows on and on, without anybody who waits.
func TestCommandsWithoutEndAreNotGathered(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, _ := gathering(t, srv)
		for i := range 100 {
			issue(client, 1)
			time.Sleep(100 * time.Microsecond)
			if n := srv.Count("INCR"); n < i-60 {
				t.Fatalf("%d of %d INCR have reached the server; want all but those of 6 ms", n, i+1)
			}
		}
		synctest.Wait()
		if n := client.Stats().InFlight; n != 0 {
			t.Errorf("%d commands in flight; want none", n)
		}
	})
}

// Law G2. Whoever asks for an outcome in whatever way gets it at once; so does who closes the client.
func TestWhatIsGatheredGoesOutWhenItIsAskedFor(t *testing.T) {
	for name, ask := range map[string]func(t *testing.T, client *redis.Client, fs []*future.Future[int64]){
		"Done": func(_ *testing.T, _ *redis.Client, fs []*future.Future[int64]) { <-fs[5].Done() },
		"OnReady": func(t *testing.T, _ *redis.Client, fs []*future.Future[int64]) {
			await(t, fs[5].OnReady(func(*future.Future[int64]) {}))
		},
		"All": func(t *testing.T, _ *redis.Client, fs []*future.Future[int64]) { await(t, future.All(fs...)) },
		"Settled": func(_ *testing.T, _ *redis.Client, fs []*future.Future[int64]) {
			for !fs[5].Settled() {
				synctest.Wait()
			}
		},
		"Await of the last":  func(t *testing.T, _ *redis.Client, fs []*future.Future[int64]) { await(t, fs[9]) },
		"Await of the first": func(t *testing.T, _ *redis.Client, fs []*future.Future[int64]) { await(t, fs[0]); await(t, fs[1]) },
		"an ended wait": func(_ *testing.T, _ *redis.Client, fs []*future.Future[int64]) {
			over, cancel := context.WithCancel(context.Background())
			cancel()
			_, _ = fs[9].Await(over)
			synctest.Wait()
		},
		"a pipeline": func(t *testing.T, client *redis.Client, _ []*future.Future[int64]) {
			p := client.Pipeline()
			p.Ping()
			_ = p.Exec(limit(t))
		},
		"With": func(t *testing.T, client *redis.Client, _ []*future.Future[int64]) {
			await(t, client.With(limit(t)).Ping())
		},
		"Close": func(t *testing.T, client *redis.Client, _ []*future.Future[int64]) {
			if err := client.Close(); err != nil {
				t.Errorf("Close = %v", err)
			}
		},
		"two who wait": func(t *testing.T, _ *redis.Client, fs []*future.Future[int64]) {
			var wg sync.WaitGroup
			for _, f := range fs {
				wg.Go(func() { await(t, f) })
			}
			wg.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				client, _ := gathering(t, srv)
				start := time.Now()
				fs := issue(client, 10)
				ask(t, client, fs)
				if took := time.Since(start); took != 0 {
					t.Errorf("it took %v; want no time", took)
				}
				if n := srv.Count("INCR"); n != 10 {
					t.Errorf("%d of 10 INCR have reached the server", n)
				}
			})
		})
	}
}

// Law G2. What was gathered does not wait for the reply of what went out first.
func TestWhatIsGatheredDoesNotWaitForAReply(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, conn := gathering(t, srv)
		srv.Handle("ECHO", func(c *redistest.Conn, args []string) string {
			c.Sleep(time.Second)
			return redistest.Bulk(args[1])
		})
		writes := conn.Stats().Writes
		client.Echo("slow")
		fs := issue(client, 10)
		fs[5].Done()
		synctest.Wait()
		if w := conn.Stats().Writes - writes; w != 2 {
			t.Errorf("%d writes; want 2, by now", w)
		}
		await(t, fs[9])
	})
}

// Law G2. Who asks while another caller reads is served as soon as that one has his reply, for what was gathered and for what was issued meanwhile.
func TestWhoAsksWhileAnotherReadsIsServed(t *testing.T) {
	for name, ask := range map[string]func(client *redis.Client, fs []*future.Future[int64]) (settled <-chan struct{}){
		"gathered":                func(_ *redis.Client, fs []*future.Future[int64]) <-chan struct{} { return fs[5].Done() },
		"issued meanwhile":        func(client *redis.Client, _ []*future.Future[int64]) <-chan struct{} { return client.Incr("n").Done() },
		"issued, and asked later": nil,
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				client, _ := gathering(t, srv)
				srv.Handle("INCR", func(c *redistest.Conn, args []string) string {
					c.Sleep(10 * time.Microsecond)
					return c.Default(args)
				})
				start := time.Now()
				fs := issue(client, 10)
				first := make(chan struct{})
				go func() {
					defer close(first)
					await(t, fs[0])
				}()
				synctest.Wait()
				if n := sitters(); n != 1 {
					t.Fatalf("%d callers read; want 1", n)
				}
				if ask != nil {
					settled := ask(client, fs)
					<-first
					<-settled
				} else {
					f := client.Incr("n")
					<-first
					<-f.Done()
				}
				if took := time.Since(start); took > time.Millisecond {
					t.Errorf("it took %v; want the time of 11 commands, 0.11 ms", took)
				}
			})
		})
	}
}

// Law G6. A command with a context does not run out of time because nobody has read its reply.
func TestWhatHasAContextIsNotGathered(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, _ := gathering(t, srv)
		client.Incr("n")
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Microsecond)
		defer cancel()
		f := client.With(ctx).Incr("n")
		time.Sleep(time.Millisecond)
		if n, ok, err := f.TryGet(); !ok || n != 2 || err != nil {
			t.Errorf("INCR = %d, %v, %v; want 2 before its time is up", n, ok, err)
		}
	})
}

// Law G2. A caller who waits for room is no one who waits for a reply; what is in his way goes out all the same.
func TestWhoWaitsForRoomDoesNotWaitForWhatIsGathered(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, _ := gathering(t, srv, func(o *redis.Options) { o.MaxPending = 40 })
		start := time.Now()
		fs := issue(client, 200)
		if took := time.Since(start); took != 0 {
			t.Errorf("200 calls took %v with room for 40 commands; want no time", took)
		}
		await(t, future.All(fs...))
	})
}

// Law G1. What is gathered goes out by and by when there is much of it.
func TestMuchIsNotGathered(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, _ := gathering(t, srv)
		fs := issue(client, 4000)
		synctest.Wait()
		if n := srv.Count("INCR"); n < 2000 {
			t.Errorf("%d of 4000 INCR have reached the server before anybody waits; want those of the first 64 KiB at least", n)
		}
		for i, f := range fs {
			if n := await(t, f); n != int64(i+1) {
				t.Fatalf("INCR %d = %d", i+1, n)
			}
		}
	})
}

// Law G4. What was gathered on a connection that is lost goes out on the next one, and has not run: also when the loss is not told before somebody waits.
func TestWhatWasGatheredOnALostConnectionGoesOutOnTheNext(t *testing.T) {
	for name, end := range map[string]func(c *redistest.Conn){"closed": (*redistest.Conn).Close, "reset": (*redistest.Conn).Reset} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.Handle("INCR", func(c *redistest.Conn, args []string) string {
					if c.Number() == 0 {
						c.Default(args)
						return ""
					}
					return c.Default(args)
				})
				client, conn := gathering(t, srv)
				fs := issue(client, 10)
				synctest.Wait()
				end(srv.Conn(0))
				time.Sleep(100 * time.Microsecond) // so little that only a look at the connection can tell
				writes := conn.Stats().Writes
				if o := outcome(t, fs[0]); o != redis.Unknown {
					t.Errorf("the first INCR: %v; want unknown", o)
				}
				for i, f := range fs[1:] {
					if n := await(t, f); n != int64(i+2) {
						t.Errorf("INCR %d = %d", i+2, n)
					}
				}
				if w := conn.Stats().Writes; w != writes {
					t.Errorf("%d writes to the lost connection; want none", w-writes)
				}
			})
		})
	}
}

// Law G4. The write of what was gathered is cut: what went out whole may have run, the others go out again.
func TestTheWriteOfWhatWasGatheredIsCut(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("INCR", func(c *redistest.Conn, args []string) string {
			if c.Number() == 0 {
				c.Default(args)
				return ""
			}
			return c.Default(args)
		})
		client, conn := gathering(t, srv)
		fs := issue(client, 10)
		synctest.Wait()
		const frame = len("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n")
		conn.FailWriteAfter(4*frame+5, syscall.EPIPE)
		for i, f := range fs {
			if i < 5 {
				if o := outcome(t, f); o != redis.Unknown {
					t.Errorf("INCR %d: %v; want unknown", i+1, o)
				}
			} else if n := await(t, f); n != int64(i+1) {
				t.Errorf("INCR %d = %d; want %d, from the next connection", i+1, n, i+1)
			}
		}
	})
}

// Laws G1, G4. A caller who sits down while another one writes does not write as well.
func TestWhoSitsWhileAnotherWritesDoesNotWrite(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, conn := gathering(t, srv)
		others := make(chan int64, 3)
		conn.AfterWrite(func(int) {
			conn.AfterWrite(nil)
			for range cap(others) {
				go func() { others <- await(t, client.Incr("n")) }()
				synctest.Wait()
			}
		})
		if n := await(t, client.Incr("n")); n != 1 {
			t.Errorf("the first INCR = %d; want 1", n)
		}
		if sum := <-others + <-others + <-others; sum != 2+3+4 {
			t.Errorf("the other INCR have %d in all; want 2, 3 and 4", sum)
		}
		if n := srv.Count("INCR"); n != 4 {
			t.Errorf("%d INCR have reached the server; want 4", n)
		}
	})
}

// Law G6. What was gathered is withdrawn by Cancel before it has gone out.
func TestWhatIsGatheredCanBeCancelled(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, _ := gathering(t, srv)
		fs := issue(client, 10)
		for _, f := range fs[1:9] {
			f.Cancel(nil)
		}
		if n := await(t, fs[9]); n != 2 {
			t.Errorf("INCR = %d; want 2: eight were withdrawn", n)
		}
		for _, f := range issue(client, 10) {
			f.Cancel(nil)
		}
		time.Sleep(10 * time.Millisecond)
		if n := srv.Count("INCR"); n != 3 {
			t.Errorf("%d INCR have reached the server; want 3", n)
		}
		inWindow(t, client, 32)
	})
}

// Law G1. Callers with windows of their own, together and alone, get each their own replies.
func TestCallersWithManyInFlightComeAndGo(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, _ := gathering(t, srv)
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				for i := range 100 {
					time.Sleep(time.Duration((g*7+i)%11) * time.Millisecond)
					inWindow(t, client, 1+(g*13+i)%60)
					if i%5 == 0 {
						client.Incr("n")
					}
				}
			})
		}
		wg.Wait()
		time.Sleep(10 * time.Millisecond)
		if n := client.Stats().InFlight; n != 0 {
			t.Errorf("%d commands in flight; want none", n)
		}
	})
}

// Who has one command at a time, turn after turn, has them go out at once again, all of them.
func TestWhoHasOneCommandAtATimeDoesNotGather(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, _ := gathering(t, srv)
		for range tuning.CalmTurns {
			await(t, client.Ping())
		}
		if n := parked(); n != 1 {
			t.Errorf("%d readers have left their places; want 1", n)
		}
		issue(client, 10)
		synctest.Wait()
		if n := srv.Count("INCR"); n != 10 {
			t.Errorf("%d of 10 INCR have reached the server; want all, at once", n)
		}
	})
}

// A pipeline whose replies come in several parts is one command of a caller who is alone.
func TestTheReplyToAPipelineMayComeInParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.NewFakeOn(t, memnet.Listen(memnet.Options{Buffer: 256}))
		client := dialFake(t, srv)
		for range 4 * tuning.CalmTurns {
			p := client.Pipeline()
			for range 200 {
				p.Incr("n")
			}
			if err := p.Exec(limit(t)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if parked() > 0 {
				return
			}
		}
		t.Error("the reader has not left its place to a caller with one pipeline after the other")
	})
}
