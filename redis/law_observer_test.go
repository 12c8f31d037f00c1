package redis_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// watcher notes what an Observer is told.
type watcher struct {
	mu       sync.Mutex
	commands []redis.CommandEvent
	others   []string
}

func (w *watcher) observer() *redis.Observer {
	other := func(text string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.others = append(w.others, text)
	}
	return &redis.Observer{
		Dial: func(e redis.DialEvent) {
			text := "dial"
			if e.Err != nil {
				text = "dial failed"
			}
			other(text)
		},
		Connect:    func(e redis.ConnectEvent) { other("connect") },
		Disconnect: func(e redis.DisconnectEvent) { other("disconnect " + e.Reason) },
		Reconnect:  func(e redis.ReconnectEvent) { other("reconnect") },
		Command: func(e redis.CommandEvent) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.commands = append(w.commands, e)
		},
	}
}

// Behaviour O2. Law G2. Every way in which a command can end is observed once, and the gauges are at zero afterwards.
func TestEveryCommandIsObservedOnceHoweverItEnds(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var w watcher
		client := dialFake(t, srv, func(o *redis.Options) {
			o.Observer = w.observer()
			o.ReadTimeout = time.Second
			o.QueueSize = 3
		})
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		srv.Handle("GET", redistest.Silent)
		srv.Handle("HGETALL", redistest.Always(":1\r\n"))
		issued := map[string]int{}
		var fs []future.Awaitable
		add := func(name string, f future.Awaitable) {
			issued[name]++
			fs = append(fs, f)
		}
		add("SET", client.Set("k", "v"))              // a value
		add("NOSUCH", client.Command("NOSUCH"))       // refused by the server
		add("HGETALL", client.HGetAll("h"))           // of the wrong shape
		add("SELECT", client.Command("SELECT", 1))    // refused here
		add("INCR", client.With(ended).Incr("never")) // withdrawn
		synctest.Wait()
		add("GET", client.Get("k")) // runs out of time
		cancelled := client.Get("k")
		add("GET", cancelled)
		synctest.Wait()
		cancelled.Cancel(nil)
		time.Sleep(1500 * time.Millisecond)
		srv.Handle("ECHO", redistest.Silent)
		add("ECHO", client.Echo("lost"))
		srv.WaitFor("ECHO", 1)
		srv.Memory().RefuseDials(syscall.ECONNREFUSED)
		srv.Conn(1).Close() // the first one ended when it was silent for a second
		synctest.Wait()
		for range 5 { // two of them are too many for the queue, the others are never sent
			add("PING", client.Ping())
		}
		time.Sleep(2 * time.Second)
		_ = client.Close()
		add("TIME", client.Time()) // after Close
		_ = future.WaitAll(limit(t), fs...)
		synctest.Wait()

		w.mu.Lock()
		defer w.mu.Unlock()
		got := map[string]int{}
		for _, e := range w.commands {
			got[e.Name]++
			if (e.Err == nil) != (e.Name == "SET") || e.Duration < 0 || e.Start.IsZero() {
				t.Errorf("observed %+v; want a failure of all but SET, with its time", e)
			}
			if (e.Context != nil) != (e.Name == "INCR") {
				t.Errorf("%s has context %v; want that of With", e.Name, e.Context)
			}
		}
		if !maps.Equal(got, issued) {
			t.Errorf("observed %v; want %v", got, issued)
		}
		if s := client.Stats(); s.InFlight+s.Backlog+s.BacklogBytes+s.Waiting != 0 || s.State != redis.StateClosed || s.Connects != 2 || s.Disconnects != 2 {
			t.Errorf("Stats = %+v; want gauges at zero, two connections", s)
		}
	})
}

// Law G5. An Observer that blocks delays nobody, what waits for it is bounded, and what is dropped is counted.
func TestAnObserverThatBlocksDelaysNobody(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		gate := make(chan struct{})
		var once sync.Once
		seen, dropped := 0, 0
		done := make(chan struct{})
		const n = 70_000
		client := dialFake(t, srv, func(o *redis.Options) {
			o.Observer = &redis.Observer{Command: func(e redis.CommandEvent) {
				once.Do(func() { <-gate })
				seen++
				if dropped += e.Dropped; seen+dropped == n {
					close(done)
				}
			}}
		})
		for range n - 1 {
			await(t, client.Ping())
		}
		close(gate)
		synctest.Wait()
		await(t, client.Ping())
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Fatal("not all are accounted for")
		}
		if seen != 65_536+2 || dropped != n-seen {
			t.Errorf("%d seen, %d dropped; want 65538 of %d, and the others counted", seen, dropped, n)
		}
	})
}

// Law G12. Arguments are shown when asked for, and secrets never.
func TestObservedArgumentsHideSecrets(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var w watcher
		o := w.observer()
		conn := dialConn(t, srv, func(opts *redis.Options) { opts.Observer = o })
		await(t, conn.Set("k", "v"))
		synctest.Wait()
		o.Arguments = true // before anything else is under way
		await(t, conn.Set("k", "v"))
		awaitFails(t, conn.AuthUser("ada", "s3cret"))
		synctest.Wait()
		w.mu.Lock()
		defer w.mu.Unlock()
		if args := w.commands[0].Args; args != nil {
			t.Errorf("Args = %q; want none unless asked for", args)
		}
		if got := strings.Join(w.commands[1].Args, " "); got != "SET k v" {
			t.Errorf("Args = %q; want SET k v", got)
		}
		if got := strings.Join(w.commands[2].Args, " "); got != "AUTH *** ***" && got != "AUTH ada ***" {
			t.Errorf("Args = %q; want the password masked", got)
		}
	})
}

// What happens to the connection is told in order; a panic in an Observer harms nothing and is reported.
func TestAnObserverHearsOfTheConnection(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var w watcher
		o := w.observer()
		heard := make(chan error, 10)
		connect := o.Connect
		o.Connect = func(e redis.ConnectEvent) {
			connect(e)
			if e.Protocol != 3 || e.Addr != "fake:6379" {
				t.Errorf("ConnectEvent = %+v; want protocol 3 of fake:6379", e)
			}
			panic("an observer with a fault")
		}
		client := dialFake(t, srv, func(opts *redis.Options) {
			opts.Observer = o
			opts.OnError = func(c *redis.Client, err error) { heard <- err }
		})
		await(t, client.Ping())
		synctest.Wait() // the panic is reported before the failures to come
		srv.Memory().RefuseDials(syscall.ECONNREFUSED)
		srv.Conn(0).Close()
		time.Sleep(150 * time.Millisecond)
		srv.Memory().RefuseDials(nil)
		await(t, client.Ping())
		_ = client.Close()
		synctest.Wait()
		w.mu.Lock()
		defer w.mu.Unlock()
		got := strings.Join(w.others, ", ")
		want := "dial, connect, disconnect server_closed, reconnect, dial failed, reconnect, dial failed, reconnect, dial, connect, disconnect client_closed"
		if got != want {
			t.Errorf("heard of\n%s; want\n%s", got, want)
		}
		if err := <-heard; !strings.Contains(err.Error(), "an observer with a fault") {
			t.Errorf("OnError(%v); want the panic", err)
		}
	})
}

// Law G12. The Logger tells what happens to the connection, and shows no secret.
func TestTheLoggerTellsOfTheConnection(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var text bytes.Buffer
		srv.RequireAuth("ada", "s3cret")
		client := dialFake(t, srv, func(o *redis.Options) {
			o.Logger = slog.New(slog.NewTextHandler(&text, nil))
			o.Username, o.Password = "ada", "s3cret"
		})
		await(t, client.Ping())
		srv.Memory().RefuseDials(syscall.ECONNREFUSED)
		srv.Conn(0).Close()
		time.Sleep(10 * time.Millisecond)
		srv.Memory().RefuseDials(nil)
		await(t, client.Ping())
		_ = client.Close()
		synctest.Wait()
		for _, want := range []string{`msg="redis: connected"`, "protocol=3", `msg="redis: disconnected" addr=fake:6379 reason=server_closed`, "level=ERROR", "connection refused"} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("the log has no %s:\n%s", want, text.String())
			}
		}
		if strings.Contains(text.String(), "s3cret") {
			t.Errorf("the log shows the password:\n%s", text.String())
		}
	})
}

// A lost connection tells how it stood.
func TestALostConnectionTellsItsState(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("GET", redistest.Silent)
		client := dialFake(t, srv)
		get := client.Get("k")
		srv.WaitFor("GET", 1)
		client.Get("k")
		time.Sleep(3 * time.Second)
		srv.Conn(0).Close()
		e := awaitErr[*redis.ConnectionError](t, get)
		if s := e.State; s.InFlight != 2 || s.HeadCommand != "GET" || s.HeadAge < 2*time.Second || s.ConnAge < 2*time.Second {
			t.Errorf("State = %+v; want two in flight, GET first for 3s", s)
		}
		if !strings.Contains(e.Error(), "first due GET for") || !errors.As(error(e), new(redis.Error)) {
			t.Errorf("%v; want the state in the text", e)
		}
	})
}

// Behaviour F7. What ends an idle connection no command can tell: OnError is told.
func TestAReplyThatNobodyAskedForIsToldToOnError(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		told := make(chan error, 10)
		client := dialFake(t, srv, func(o *redis.Options) { o.OnError = func(_ *redis.Client, err error) { told <- err } })
		await(t, client.Ping())
		_ = srv.Conn(0).Send(":6\r\n")
		synctest.Wait()
		select {
		case err := <-told:
			if !errors.As(err, new(*redis.ProtocolError)) {
				t.Errorf("OnError(%v); want a *ProtocolError", err)
			}
		default:
			t.Error("OnError was told nothing")
		}
	})
}
