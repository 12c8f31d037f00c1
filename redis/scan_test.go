package redis_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// keyPage is the reply to SCAN.
func keyPage(cursor string, keys ...string) string {
	elements := make([]string, len(keys))
	for i, k := range keys {
		elements[i] = redistest.Bulk(k)
	}
	return redistest.Array(redistest.Bulk(cursor), redistest.Array(elements...))
}

// serveScan answers SCAN with the reply for its cursor.
func serveScan(srv *redistest.Fake, replies map[string]string) {
	srv.Handle("SCAN", func(_ *redistest.Conn, args []string) string {
		if reply, ok := replies[args[1]]; ok {
			return reply
		}
		return redistest.Error("ERR invalid cursor " + args[1])
	})
}

// collect ranges over a scan to its end or its first error, which must be the last turn.
func collect[T any](t *testing.T, seq iter.Seq2[T, error]) ([]T, error) {
	t.Helper()
	var got []T
	var end error
	for v, err := range seq {
		if end != nil {
			t.Fatalf("the loop went on with %v, %v after the error %v", v, err, end)
		}
		if err != nil {
			end = err
			continue
		}
		got = append(got, v)
	}
	return got, end
}

// Behaviour L2.
func TestAScanGivesEveryPageAndPassesEmptyOnes(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		serveScan(srv, map[string]string{
			"0":                    keyPage("12"),
			"12":                   keyPage("18446744073709551615", "a", "b"),
			"18446744073709551615": keyPage("7"),
			"7":                    keyPage("8"),
			"8":                    keyPage("0", "c", "a"),
		})
		client := dialFake(t, srv)
		keys := redis.ScanAll(t.Context(), client, redis.Match("*"), redis.Count(2))
		for range 2 { // each loop starts anew
			got, err := collect(t, keys)
			if !slices.Equal(got, []string{"a", "b", "c", "a"}) || err != nil {
				t.Errorf("keys = %q, %v; want a, b, c, a", got, err)
			}
		}
		want := []string{
			"SCAN 0 MATCH * COUNT 2", "SCAN 12 MATCH * COUNT 2", "SCAN 18446744073709551615 MATCH * COUNT 2",
			"SCAN 7 MATCH * COUNT 2", "SCAN 8 MATCH * COUNT 2",
		}
		if got := srv.Commands(); !slices.Equal(got, append(want, want...)) {
			t.Errorf("commands = %q; want %q, twice", got, want)
		}
	})
}

func TestAnEmptyScanHasNoTurn(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		for _, reply := range []string{keyPage("0"), redistest.Array(redistest.Bulk("0"), redistest.NullArray)} {
			srv.Handle("SCAN", redistest.Always(reply))
			got, err := collect(t, redis.ScanAll(t.Context(), dialFake(t, srv)))
			if len(got) != 0 || err != nil {
				t.Errorf("keys = %q, %v; want none", got, err)
			}
		}
	})
}

// Behaviour L2. The page is on its way while the loop still works on the one before it.
func TestAScanIsOnePageAheadOfItsLoop(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		serveScan(srv, map[string]string{
			"0": keyPage("1", "a", "b"), "1": keyPage("2", "c"), "2": keyPage("3", "d"), "3": keyPage("0", "e"),
		})
		var asked []string
		for key, err := range redis.ScanAll(t.Context(), dialFake(t, srv)) {
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait() // whatever can be sent is sent
			asked = append(asked, fmt.Sprintf("%s:%d", key, srv.Count("SCAN")))
		}
		if want := []string{"a:2", "b:2", "c:3", "d:4", "e:4"}; !slices.Equal(asked, want) {
			t.Errorf("key and SCANs sent by then = %v; want %v", asked, want)
		}
	})
}

func TestAScanHidesTheWayBehindTheWorkOfItsLoop(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("SCAN", func(c *redistest.Conn, args []string) string {
			c.Sleep(10 * time.Millisecond)
			n, _ := strconv.Atoi(args[1])
			return keyPage(strconv.Itoa((n+1)%10), "k")
		})
		client := dialFake(t, srv)
		await(t, client.Ping())
		began := time.Now()
		for _, err := range redis.ScanAll(t.Context(), client) {
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Millisecond)
		}
		if took := time.Since(began); took != 110*time.Millisecond {
			t.Errorf("ten pages of 10 ms with 10 ms of work each took %v; want 110ms: both at once", took)
		}
	})
}

// watched is a Doer that passes commands on, enters them in a ledger, and keeps to itself what hold says.
type watched struct {
	*redis.Client
	ledger redistest.Ledger
	hold   func(cmd *redis.Cmd) bool
	held   []*redis.Cmd
}

func (w *watched) Do(cmd *redis.Cmd) {
	cmd.OnSettle(w.ledger.Issue(cmd.Name()))
	if w.hold != nil && w.hold(cmd) {
		w.held = append(w.held, cmd)
		return
	}
	w.Client.Do(cmd)
}

// Behaviour L2. Laws G2 and G7: the page that nobody wants is dropped, and the connection goes on.
func TestLeavingAScanAbandonsThePageThatIsOnItsWay(t *testing.T) {
	for name, leave := range map[string]func(keys iter.Seq2[string, error]){
		"break": func(keys iter.Seq2[string, error]) {
			for range keys {
				break
			}
		},
		"panic": func(keys iter.Seq2[string, error]) {
			defer func() { _ = recover() }()
			for range keys {
				panic("in the loop")
			}
		},
		"goexit": func(keys iter.Seq2[string, error]) {
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				for range keys {
					runtime.Goexit()
				}
			}()
			<-gone
		},
		"stop": func(keys iter.Seq2[string, error]) {
			next, stop := iter.Pull2(keys)
			next()
			stop()
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.Handle("SCAN", func(c *redistest.Conn, args []string) string {
					if args[1] != "0" {
						c.Sleep(time.Second)
					}
					return keyPage("5", "key")
				})
				client := &watched{Client: dialFake(t, srv)}
				began := time.Now()
				leave(redis.ScanAll(t.Context(), client))
				if issued, settled := client.ledger.Counts(); issued != 2 || settled != 2 {
					t.Errorf("%d of %d pages are settled when the loop is left; want 2 of 2", settled, issued)
				}
				if took := time.Since(began); took != 0 {
					t.Errorf("leaving took %v; want no wait for the page", took)
				}
				if echo := await(t, client.Echo("next")); echo != "next" || srv.Accepted() != 1 {
					t.Errorf("ECHO = %q on %d connections; want next, on the one", echo, srv.Accepted())
				}
				client.ledger.Check(t)
			})
		})
	}
}

// Behaviour L2. What a role has not sent yet is taken back.
func TestLeavingAScanSettlesAPageThatWasNotSent(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		serveScan(srv, map[string]string{"0": keyPage("5", "key")})
		client := &watched{Client: dialFake(t, srv)}
		client.hold = func(cmd *redis.Cmd) bool { return cmd.Args()[1] == "5" }
		for range redis.ScanAll(t.Context(), client) {
			break
		}
		if len(client.held) != 1 || !client.held[0].Settled() {
			t.Fatalf("%d pages ahead, or one not settled; want one, settled", len(client.held))
		}
	})
}

// Behaviour L2.
func TestAnErrorOfAScanIsGivenOnceAndLast(t *testing.T) {
	for name, test := range map[string]struct {
		replies map[string]string
		keys    []string
		want    string
	}{
		"first page": {map[string]string{"0": redistest.Error("NOPERM no")}, nil, "NOPERM"},
		"later page": {map[string]string{"0": keyPage("3", "a", "b"), "3": redistest.Error("ERR broken")}, []string{"a", "b"}, "broken"},
		"misfit":     {map[string]string{"0": keyPage("3", "a"), "3": redistest.Int(1)}, []string{"a"}, "protocol error"},
		"bad cursor": {map[string]string{"0": keyPage("", "a")}, nil, "cursor"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				serveScan(srv, test.replies)
				got, err := collect(t, redis.ScanAll(t.Context(), dialFake(t, srv)))
				if !slices.Equal(got, test.keys) || err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("keys = %q, %v; want %q, then %s", got, err, test.keys, test.want)
				}
			})
		})
	}
}

func TestALostConnectionEndsAScanWithItsError(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("SCAN", func(c *redistest.Conn, args []string) string {
			if args[1] != "0" {
				c.Close()
			}
			return keyPage("1", "a")
		})
		client := dialFake(t, srv)
		got, err := collect(t, redis.ScanAll(t.Context(), client))
		var lost *redis.ConnectionError
		if !slices.Equal(got, []string{"a"}) || !errors.As(err, &lost) {
			t.Errorf("keys = %q, %v; want a, then a *ConnectionError", got, err)
		}
		await(t, client.Ping())
	})
}

// Law G7. The end of the context ends the wait, not the connection.
func TestTheEndOfItsContextEndsAScan(t *testing.T) {
	stop := errors.New("enough")
	t.Run("before", func(t *testing.T) {
		bubble(t, func(t *testing.T, srv *redistest.Fake) {
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(stop)
			client := &watched{Client: dialFake(t, srv)}
			got, err := collect(t, redis.ScanAll(ctx, client))
			if issued, _ := client.ledger.Counts(); len(got) != 0 || !errors.Is(err, stop) || issued != 0 {
				t.Errorf("keys = %q, %v after %d commands; want none, the cause, none", got, err, issued)
			}
		})
	})
	t.Run("while it waits", func(t *testing.T) {
		bubble(t, func(t *testing.T, srv *redistest.Fake) {
			srv.Handle("SCAN", func(c *redistest.Conn, args []string) string {
				if args[1] != "0" {
					c.Sleep(time.Second)
				}
				return keyPage("5", "key")
			})
			client := dialFake(t, srv)
			ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, stop)
			defer cancel()
			began := time.Now()
			got, err := collect(t, redis.ScanAll(ctx, client))
			if took := time.Since(began); len(got) != 1 || !errors.Is(err, stop) || took != 300*time.Millisecond {
				t.Errorf("keys = %q, %v after %v; want one, the cause, 300ms", got, err, took)
			}
			await(t, client.Ping())
			if srv.Accepted() != 1 {
				t.Errorf("%d connections; want the one", srv.Accepted())
			}
		})
	})
	t.Run("while the loop works", func(t *testing.T) {
		bubble(t, func(t *testing.T, srv *redistest.Fake) {
			n := 0
			srv.Handle("SCAN", func(*redistest.Conn, []string) string {
				n++
				return keyPage(strconv.Itoa(n), "key")
			})
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			turns := 0
			var last error
			for _, err := range redis.ScanAll(ctx, dialFake(t, srv)) {
				turns++
				last = err
				cancel(stop)
				synctest.Wait() // the page ahead has arrived: it is given, and it is the last
			}
			if turns != 3 || !errors.Is(last, stop) || n != 2 {
				t.Errorf("%d turns, %d pages, last %v; want two pages that had arrived, then the cause", turns, n, last)
			}
		})
	})
}

// Behaviour L2. The end is the cursor 0: a server that never gives it must not keep the loop for ever.
func TestAScanThatGoesInCirclesEnds(t *testing.T) {
	for _, test := range []struct{ lead, circle int }{{0, 1}, {3, 1}, {0, 2}, {1, 7}, {100, 50}} {
		t.Run(fmt.Sprintf("%d of %d", test.circle, test.lead), func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.Handle("SCAN", func(_ *redistest.Conn, args []string) string {
					n, _ := strconv.Atoi(args[1])
					n++
					if n > test.lead+test.circle {
						n -= test.circle
					}
					return keyPage(strconv.Itoa(n))
				})
				got, err := collect(t, redis.ScanAll(t.Context(), dialFake(t, srv)))
				var e *redis.ProtocolError
				if len(got) != 0 || !errors.As(err, &e) || e.Command != "SCAN" {
					t.Errorf("keys = %q, %v; want a *ProtocolError of SCAN", got, err)
				}
				if n, limit := srv.Count("SCAN"), 4*(test.lead+test.circle)+4; n > limit {
					t.Errorf("%d SCAN before it was noticed; want at most %d", n, limit)
				}
			})
		})
	}
}

func TestALongScanIsNoCircle(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		const all = 5000
		srv.Handle("SCAN", func(_ *redistest.Conn, args []string) string {
			n, _ := strconv.Atoi(args[1])
			return keyPage(strconv.Itoa((n+1)%all), args[1])
		})
		got, err := collect(t, redis.ScanAll(t.Context(), dialFake(t, srv)))
		if len(got) != all || err != nil {
			t.Errorf("%d keys, %v; want %d", len(got), err, all)
		}
	})
}
