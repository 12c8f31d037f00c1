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

// Behaviour D6.
func TestMaxAttemptsGivesUpAndALaterConnectWorks(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Memory().RefuseDials(syscall.ECONNREFUSED)
		client := dialFake(t, srv, func(o *redis.Options) { o.ReconnectMaxAttempts, o.ReconnectJitter = 3, -1 })
		start := time.Now()
		e := awaitErr[*redis.DisconnectedError](t, client.Get("k"))
		if n := len(srv.Memory().Dialed()); n != 3 {
			t.Errorf("%d dials; want 3", n)
		}
		if took := time.Since(start); took != 300*time.Millisecond {
			t.Errorf("gave up after %v; want 100 ms + 200 ms", took)
		}
		if !errors.Is(e, syscall.ECONNREFUSED) || !redis.SafeToRetry(e) {
			t.Errorf("error = %v; want the reason behind it, safe to retry", e)
		}
		time.Sleep(time.Hour)
		awaitErr[*redis.DisconnectedError](t, client.Get("k"))
		if n := len(srv.Memory().Dialed()); n != 3 {
			t.Errorf("%d dials after giving up; want no more", n-3)
		}
		asErr[*redis.DisconnectedError](t, client.Connect(limit(t)))
		if n := len(srv.Memory().Dialed()); n != 6 {
			t.Errorf("Connect made %d dials; want 3 again", n-3)
		}
		srv.Memory().RefuseDials(nil)
		if err := client.Connect(limit(t)); err != nil {
			t.Errorf("Connect = %v; want nil", err)
		}
		await(t, client.Ping())
	})
}

func TestWithoutReconnectTheEndIsFinalUntilConnect(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv, func(o *redis.Options) { o.DisableReconnect = true })
		await(t, client.Ping())
		srv.Conn(0).Close()
		synctest.Wait()
		e := awaitErr[*redis.DisconnectedError](t, client.Ping())
		if !strings.Contains(e.Error(), "reconnecting is off") {
			t.Errorf("error = %v; want it to tell that reconnecting is off", e)
		}
		if err := client.Connect(limit(t)); err != nil {
			t.Errorf("Connect = %v; want nil", err)
		}
		await(t, client.Ping())
	})
}

// Behaviour Q1.
func TestAFullQueueRefusesWhileDisconnected(t *testing.T) {
	for name, change := range map[string]func(*redis.Options){
		"by count": func(o *redis.Options) { o.QueueSize = 10 },
		"by bytes": func(o *redis.Options) { o.QueueBytes = 10 * len("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				client := dialFake(t, srv, change)
				await(t, client.Ping())
				srv.Memory().RefuseDials(syscall.ECONNREFUSED)
				srv.Conn(0).Close()
				synctest.Wait()
				var queued []*future.Future[int64]
				for range 10 {
					queued = append(queued, client.Incr("n"))
				}
				e := awaitErr[*redis.DisconnectedError](t, client.Incr("n"))
				if e.QueueSize != 10 || e.Outcome() != redis.NotExecuted {
					t.Errorf("error = %+v; want a queue of 10, not executed", e)
				}
				// A command that is cancelled makes room.
				queued[4].Cancel(nil)
				queued = append(queued[:4], append(queued[5:], client.Incr("n"))...)
				srv.Memory().RefuseDials(nil)
				for i, f := range queued {
					if n := await(t, f); n != int64(i+1) {
						t.Errorf("INCR = %d; want %d", n, i+1)
					}
				}
			})
		})
	}
}

func TestCredentialsAreAskedAtEveryConnect(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.RequireAuth("ann", "first")
		password, asked := "first", 0
		client := dialFake(t, srv, func(o *redis.Options) {
			o.Credentials = func(context.Context) (string, string, error) {
				asked++
				if password == "" {
					return "", "", errors.New("vault is sealed")
				}
				return "ann", password, nil
			}
		})
		await(t, client.Ping())
		srv.RequireAuth("ann", "second")
		password = "second"
		srv.Conn(0).Close()
		synctest.Wait()
		await(t, client.Ping())
		if asked != 2 {
			t.Errorf("asked %d times; want 2", asked)
		}
		password = ""
		other := dialFake(t, srv, func(o *redis.Options) {
			o.Credentials = func(context.Context) (string, string, error) { return "", "", errors.New("vault is sealed") }
		})
		if err := other.Connect(limit(t)); !strings.Contains(asErr[*redis.ConnectionError](t, err).Error(), "vault is sealed") {
			t.Errorf("Connect = %v; want the error of Credentials", err)
		}
	})
}
