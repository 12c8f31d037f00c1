package redis_test

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviours F1, F2, on real servers. Law G2.
func TestManyGoroutinesShareOneConnection(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		redistest.NoLeaks(t)
		client := redis.New(redis.Options{Addr: srv.Addr, ClientName: "shared"})
		defer client.Close()
		await(t, client.FlushAll())
		var wg sync.WaitGroup
		var issued, settled atomic.Int64
		for worker := range 64 {
			wg.Go(func() {
				own := strconv.Itoa(worker)
				for i := range 100 {
					ctx, cancel := context.WithCancel(context.Background())
					if i%20 == 7 {
						cancel() // gives up at once
					}
					id := own + "." + strconv.Itoa(i)
					echo, all, bad := client.Echo(id), client.Incr("all"), client.Command("NOSUCH", id)
					issued.Add(3)
					if v, err := echo.Await(ctx); err == nil && v != id {
						t.Errorf("ECHO %s = %s", id, v)
					}
					if _, err := bad.Await(ctx); err == nil {
						t.Error("NOSUCH = nil error")
					}
					cancel()
					for _, f := range []future.Awaitable{echo, all, bad} {
						if err := future.WaitAll(limitFor(time.Minute), f); !errors.Is(err, context.DeadlineExceeded) {
							settled.Add(1)
						}
					}
				}
			})
		}
		wg.Wait()
		if issued.Load() != settled.Load() {
			t.Errorf("issued %d, settled %d", issued.Load(), settled.Load())
		}
		if v := await(t, client.Get("all")); v.Or("") != "6400" {
			t.Errorf("counter = %v; want 6400", v)
		}
		list := await(t, redis.Do[string](client, "CLIENT", "LIST"))
		if n := strings.Count(list, "name=shared"); n != 1 {
			t.Errorf("%d connections; want 1", n)
		}
	})
}

// turnstile is a connection whose writes wait to be let through.
type turnstile struct {
	net.Conn
	arrived, pass chan struct{}
}

func (c turnstile) Write(p []byte) (int, error) {
	c.arrived <- struct{}{}
	<-c.pass
	return c.Conn.Write(p)
}

// Behaviour F3, on real servers: MONITOR shows nothing of a command that was cancelled in time.
func TestMonitorShowsNothingOfACommandCancelledBeforeItWasWritten(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		arrived, pass := make(chan struct{}, 100), make(chan struct{}, 100)
		client := redis.New(redis.Options{Addr: srv.Addr, Dialer: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, network, addr)
			return turnstile{c, arrived, pass}, err
		}})
		defer client.Close()
		defer close(pass)
		pass <- struct{}{} // HELLO
		if err := client.Connect(limit(t)); err != nil {
			t.Fatal(err)
		}
		<-arrived
		monitor := srv.Monitor()
		first := client.Set("first", 1)
		<-arrived // the writer waits at the turnstile with SET first
		second, third := client.Set("second", 2), client.Set("third", 3)
		if !second.Cancel(nil) {
			t.Error("Cancel = false; want true")
		}
		pass <- struct{}{}
		await(t, first)
		pass <- struct{}{}
		await(t, third)
		seen := strings.Join(monitor.Commands(), ", ")
		if !strings.Contains(seen, "SET first 1, SET third 3") || strings.Contains(seen, "second") {
			t.Errorf("MONITOR shows %s; want SET first and SET third alone", seen)
		}
	})
}

func limitFor(d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	context.AfterFunc(ctx, cancel)
	return ctx
}

// Behaviours D1, D9. Laws G2, G4. The server kills the connection again and again
// under load: acked ≤ value ≤ acked + unknown.
func TestKilledConnectionsNeverLoseNorDoubleAnIncrement(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		redistest.NoLeaks(t)
		var connects atomic.Int64
		client := redis.New(redis.Options{
			Addr: srv.Addr, ClientName: "victim", ReconnectDelay: time.Millisecond,
			OnConnect: func(*redis.Client) { connects.Add(1) },
		})
		defer client.Close()
		await(t, client.Set("n", 0))
		killer := redis.New(redis.Options{Addr: srv.Addr})
		defer killer.Close()

		stop := make(chan struct{})
		var wg sync.WaitGroup
		var ledger redistest.Ledger
		var acked, unknown, notExecuted, wrong atomic.Int64
		for range 16 {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					fs := make([]*future.Future[int64], 32)
					for i := range fs {
						fs[i] = entered(&ledger, "INCR", client.Incr("n"))
					}
					for _, f := range fs {
						_, err := f.Await(context.Background())
						var e redis.Error
						switch {
						case err == nil:
							acked.Add(1)
						case !errors.As(err, &e):
							wrong.Add(1)
						case e.Outcome() == redis.Unknown:
							unknown.Add(1)
						default:
							notExecuted.Add(1)
						}
					}
				}
			})
		}
		kills := int64(0)
		pace := time.NewTicker(50 * time.Millisecond)
		defer pace.Stop()
		for kills < 20 {
			<-pace.C // 50 ms of load between two kills is what is tested
			n, id := connects.Load(), ""
			for id == "" {
				list := await(t, redis.Do[string](killer, "CLIENT", "LIST"))
				for line := range strings.Lines(list) {
					if strings.Contains(line, "name=victim") {
						id, _, _ = strings.Cut(strings.TrimPrefix(line, "id="), " ")
					}
				}
			}
			kills += await(t, redis.Do[int64](killer, "CLIENT", "KILL", "ID", id))
			for connects.Load() == n {
				await(t, killer.Ping()) // until it is back
			}
		}
		close(stop)
		wg.Wait()
		value, _ := strconv.ParseInt(await(t, client.Get("n")).Or(""), 10, 64)
		t.Logf("%d kills, %d connections: %d acked, %d unknown, %d not executed; value %d",
			kills, connects.Load(), acked.Load(), unknown.Load(), notExecuted.Load(), value)
		if value < acked.Load() || value > acked.Load()+unknown.Load() {
			t.Errorf("value %d is not between acked %d and acked + unknown %d", value, acked.Load(), acked.Load()+unknown.Load())
		}
		if kills != 20 || connects.Load() != kills+1 || wrong.Load() > 0 || acked.Load() == 0 || unknown.Load() == 0 {
			t.Errorf("%d kills, %d connections, %d errors without an outcome; want 20, 21 and none, and commands of either outcome", kills, connects.Load(), wrong.Load())
		}
		ledger.Check(t)
	})
}

// Behaviour T2, by SIGSTOP. Laws G2, G6.
func TestAStoppedServerIsFoundAndTheClientComesBack(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{})
	redistest.NoLeaks(t)
	reasons := make(chan string, 10)
	client := redis.New(redis.Options{
		Addr: srv.Addr, ReadTimeout: time.Second, ConnectTimeout: time.Second,
		OnDisconnect: func(_ *redis.Client, reason string) { reasons <- reason },
	})
	defer client.Close()
	await(t, client.Ping())
	srv.Pause()
	start := time.Now()
	var fs []*future.Future[int64]
	for range 1000 {
		fs = append(fs, client.Incr("n"))
	}
	for _, f := range fs {
		if o := outcome(t, f); o != redis.Unknown {
			t.Fatalf("outcome = %v; want unknown", o)
		}
	}
	if reason := <-reasons; reason != redis.ReasonTimeout {
		t.Errorf("reason = %s; want timeout", reason)
	}
	if took := time.Since(start); took < 800*time.Millisecond || took > 1500*time.Millisecond {
		t.Errorf("found dead after %v; want about 1 s", took)
	}
	srv.Resume()
	for {
		if err := client.Connect(limit(t)); err == nil {
			break
		}
	}
	await(t, client.Ping())
}

func TestAuthenticationAndUnixSocket(t *testing.T) {
	redistest.EachWith(t, redistest.Options{Password: "0", UnixSocket: true}, func(t *testing.T, srv *redistest.Server) {
		for _, protocol := range []int{2, 3} {
			for _, addr := range []string{srv.Addr, srv.Socket} {
				client := redis.New(redis.Options{Addr: addr, Password: "0", Database: 3, ClientName: "named", Protocol: protocol})
				await(t, client.Set("k", "v"))
				if info := await(t, redis.Do[string](client, "CLIENT", "INFO")); !strings.Contains(info, "db=3") || !strings.Contains(info, "name=named") {
					t.Errorf("CLIENT INFO = %s; want db=3 name=named", info)
				}
				_ = client.Close()
			}
			wrong := redis.New(redis.Options{Addr: srv.Addr, Password: "1", Protocol: protocol})
			err := wrong.Connect(limit(t))
			if e := asErr[*redis.RedisError](t, err); !e.IsAuth() {
				t.Errorf("Connect with a wrong password = %v; want an auth error", err)
			}
			_ = wrong.Close()
		}
	})
}

// Behaviours F7, C1. Over RESP2 without a password nothing but a PING shows that a server is full.
func TestAFullServerIsNoticedOverRESP2(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{Args: []string{"--maxclients", "1"}})
	first := redis.New(redis.Options{Addr: srv.Addr})
	defer first.Close()
	await(t, first.Ping())
	second := redis.New(redis.Options{Addr: srv.Addr, Protocol: 2})
	defer second.Close()
	if err := second.Connect(limit(t)); err == nil || !strings.Contains(err.Error(), "max number of clients") {
		t.Errorf("Connect = %v; want the server's text", err)
	}
}
