package redis_test

import (
	"errors"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour D1. Laws G2, G3, G4. A reset, or an end, with commands in flight and others behind them: who was answered
// keeps its value, the rest fail in their order, and the backlog goes out once, in order, on the next connection.
func TestWhatIsInFlightFailsInItsOrderAndTheBacklogFollowsOnce(t *testing.T) {
	for name, end := range map[string]func(c *redistest.Conn){"reset": (*redistest.Conn).Reset, "close": (*redistest.Conn).Close} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.Handle("ECHO", func(c *redistest.Conn, args []string) string {
					switch {
					case c.Number() == 0 && args[1] == "10":
						end(c)
						return ""
					case c.Number() == 0 && args[1] >= "05":
						return "" // in flight for good
					}
					return redistest.Bulk(args[1])
				})
				gate := make(chan struct{})
				srv.Memory().OnDial(func(c *memnet.Conn) { c.AfterWrite(func(int) { <-gate }) })
				client := dialFake(t, srv)
				if err := connectThrough(t, client, gate); err != nil {
					t.Fatal(err)
				}
				client.Ping()
				synctest.Wait() // the writer waits at the gate behind PING
				var ledger redistest.Ledger
				var mu sync.Mutex
				var order []int // in which the failed ones settled
				issue := func(i int) *future.Future[string] {
					f := entered(&ledger, "ECHO", client.Echo(pad(i)))
					// The hook of a promise that fails with f runs on the goroutine that settles f.
					other := future.NewPromise[string]()
					other.OnCancel(func(error) {
						mu.Lock()
						defer mu.Unlock()
						order = append(order, i)
					})
					future.All(f, other.Future())
					return f
				}
				var fs []*future.Future[string]
				for i := range 11 {
					fs = append(fs, issue(i))
				}
				gate <- struct{}{} // these eleven go out in one write, and the writer waits again
				synctest.Wait()
				for i := 11; i < 31; i++ {
					fs = append(fs, issue(i))
				}
				close(gate)
				for i, f := range fs {
					v, err := f.Await(limit(t))
					switch {
					case i < 5 || i > 10:
						if v != pad(i) || err != nil {
							t.Errorf("ECHO %d = %q, %v; want its value", i, v, err)
						}
					default:
						if e := asErr[*redis.ConnectionError](t, err); e.Outcome() != redis.Unknown {
							t.Errorf("ECHO %d = %v, %v; want unknown", i, err, e.Outcome())
						}
					}
				}
				mu.Lock()
				defer mu.Unlock()
				if !slices.Equal(order, []int{5, 6, 7, 8, 9, 10}) {
					t.Errorf("failed in the order %v; want 5 to 10", order)
				}
				var want []string
				for i := 11; i < 31; i++ {
					want = append(want, "ECHO "+pad(i))
				}
				if got := srv.Received(1); !slices.Equal(got[1:], want) {
					t.Errorf("the second connection got %q; want the backlog, in order, once", got)
				}
				ledger.Check(t)
			})
		})
	}
}

func pad(i int) string { return strconv.Itoa(100 + i)[1:] }

// Behaviour D2. Laws G2, G4. The server runs INCR and drops the connection before it answers, again and again: each call counts
// once, fails as unknown, and is not sent again.
func TestAnIncrementThatLosesItsConnectionCountsOnce(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.DropAfter(1, 1, 1)
		client := dialFake(t, srv)
		var ledger redistest.Ledger
		for i := 1; i <= 3; i++ {
			f := entered(&ledger, "INCR", client.Incr("n"))
			if o := outcome(t, f); o != redis.Unknown {
				t.Errorf("call %d: outcome %v; want unknown", i, o)
			}
			if n := srv.Count("INCR"); n != i {
				t.Errorf("after call %d the server has got %d INCR; want one for each", i, n)
			}
		}
		if n := await(t, entered(&ledger, "INCR", client.Incr("n"))); n != 4 {
			t.Errorf("INCR = %d; want 4: three before, each once", n)
		}
		ledger.Check(t)
	})
}

// Behaviour D3. Laws G2, G4. The write of ten commands is cut behind each of its bytes in turn: what the kernel took whole is
// unknown, the rest goes out again. The counter tells that nothing ran twice and nothing is missing.
func TestAWriteCutAtAnyByteDividesUnknownFromSentAgain(t *testing.T) {
	const frame = len("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n")
	for cut := range 10*frame + 1 {
		bubble(t, func(t *testing.T, srv *redistest.Fake) {
			incrs, ledger := cutWrite(t, srv, cut, false)
			whole := cut / frame
			for i, f := range incrs[:whole] {
				if o := outcome(t, f); o != redis.Unknown {
					t.Errorf("cut at %d: INCR %d: %v; want unknown", cut, i+1, o)
				}
			}
			for i, f := range incrs[whole:] {
				if n := await(t, f); n != int64(whole+i+1) {
					t.Errorf("cut at %d: INCR %d = %d; want %d, from the next connection", cut, whole+i+1, n, whole+i+1)
				}
			}
			ledger.Check(t)
		})
		if t.Failed() {
			break
		}
	}
}

// Behaviour D3. The cut inside of the seventh of ten, for a client that does not reconnect: there the rest is told to be
// not executed, and is safe to send again.
func TestAWriteCutWithoutReconnectTellsWhatIsSafeToSendAgain(t *testing.T) {
	const frame = len("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n")
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		incrs, ledger := cutWrite(t, srv, 6*frame+3, true)
		for i, f := range incrs {
			_, err := f.Await(limit(t))
			want := redis.NotExecuted
			if i < 6 {
				want = redis.Unknown
			}
			if e := asErr[redis.Error](t, err); e.Outcome() != want || redis.SafeToRetry(err) != (want == redis.NotExecuted) {
				t.Errorf("INCR %d: %v, %v, safe to retry %v; want %v", i+1, err, e.Outcome(), redis.SafeToRetry(err), want)
			}
		}
		ledger.Check(t)
		// The client's end was closed with replies unread, so the server may have lost what it had not run yet.
		v, _ := srv.Value("n")
		if n, _ := strconv.Atoi(v); n > 6 || !errors.Is(incrs[9].Err(), syscall.EPIPE) {
			t.Errorf("n = %s, and the last failed with %v; want at most 6 and the broken pipe", v, incrs[9].Err())
		}
	})
}

// cutWrite issues ten INCRs that go out in one write, of which the kernel takes cut bytes. The server runs what it gets on
// that connection and answers nothing of it.
func cutWrite(t *testing.T, srv *redistest.Fake, cut int, final bool) ([]*future.Future[int64], *redistest.Ledger) {
	t.Helper()
	gate := make(chan struct{})
	var first *memnet.Conn
	srv.Memory().OnDial(func(c *memnet.Conn) {
		if first != nil {
			time.Sleep(time.Millisecond) // what has arrived on the first connection is run by then
		} else {
			first = c
		}
		c.AfterWrite(func(int) { <-gate })
	})
	srv.Handle("INCR", func(c *redistest.Conn, args []string) string {
		reply := c.Default(args)
		if c.Number() == 0 {
			return ""
		}
		return reply
	})
	client := dialFake(t, srv, func(o *redis.Options) { o.DisableReconnect = final })
	if err := connectThrough(t, client, gate); err != nil {
		t.Fatal(err)
	}
	hold := client.Ping()
	synctest.Wait() // the writer waits at the gate behind PING
	ledger := new(redistest.Ledger)
	var incrs []*future.Future[int64]
	for range 10 {
		incrs = append(incrs, entered(ledger, "INCR", client.Incr("n")))
	}
	first.FailWriteAfter(cut, syscall.EPIPE)
	close(gate)
	await(t, hold)
	if cut >= 10*len("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n") {
		srv.WaitFor("INCR", 10)
		srv.Conn(0).Close() // all of it was taken: the write does not fail
	}
	return incrs, ledger
}
