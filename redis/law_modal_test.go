package redis_test

import (
	"context"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// dialBroker makes a Conn on a scripted server with publish and subscribe.
func dialBroker(t *testing.T, srv *redistest.Fake, protocol int) (*broker, *redis.Conn) {
	t.Helper()
	b := serveBroker(srv, protocol)
	conn, err := redis.Dial(limit(t), redis.Options{Addr: "fake:6379", Dialer: srv.DialContext, Protocol: protocol, ReconnectJitter: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = conn.Shutdown(ctx)
	})
	return b, conn
}

// Behaviour S7.
func TestUnderRESP2OtherCommandsFailWhileTheirConnIsSubscribed(t *testing.T) {
	overBoth(t, func(t *testing.T, protocol int) {
		bubble(t, func(t *testing.T, srv *redistest.Fake) {
			b, conn := dialBroker(t, srv, protocol)
			conn.Set("k", "v")
			list := conn.MGet("k", "message") // an array, right before the confirmation
			sub := await(t, conn.Subscribe("a", "b"))
			if got := await(t, list); len(got) != 2 || got[0].Or("") != "v" {
				t.Errorf("MGET = %v; want v and a missing value", got)
			}
			if got := await(t, conn.Ping()); got != "PONG" {
				t.Errorf("PING = %q; want PONG", got)
			}
			get, piped := conn.Get("k"), conn.Pipeline()
			inPipe := piped.Get("k")
			_ = piped.Exec(limit(t))
			if protocol == 2 {
				awaitErr[*redis.ArgumentError](t, get)
				awaitErr[*redis.ArgumentError](t, inPipe)
				if n := srv.Count("GET"); n != 0 {
					t.Errorf("the server got %d GETs; want none", n)
				}
			} else if v := await(t, get); v.Or("") != "v" {
				t.Errorf("GET = %v; want v", v)
			}
			b.publish("a", "1")
			if m := next(t, sub); m.Payload != "1" {
				t.Errorf("Next = %+v; want 1", m)
			}
			if s := conn.Session(); !s.Subscribed || s.Clean() {
				t.Errorf("Session = %+v; want subscribed, and so not clean", s)
			}
			await(t, sub.Unsubscribe("a"))
			if protocol == 2 {
				awaitErr[*redis.ArgumentError](t, conn.Get("k"))
			}
			sub.Unsubscribe("b")
			if v := await(t, conn.Get("k")); v.Or("") != "v" { // right behind it, not after the confirmation
				t.Errorf("GET after the last unsubscribe = %v; want v", v)
			}
			if got := await(t, conn.Ping()); got != "PONG" {
				t.Errorf("PING = %q; want PONG", got)
			}
			if _, err := sub.Next(limit(t)); err != io.EOF {
				t.Errorf("Next = %v; want io.EOF", err)
			}
			if s := conn.Session(); !s.Clean() {
				t.Errorf("Session = %+v; want a clean one", s)
			}
		})
	})
}

// Behaviour S7. In a transaction, and by their plain names, subscriptions are refused; RESET ends them.
func TestAConnEndsItsSubscriptionsByReset(t *testing.T) {
	overBoth(t, func(t *testing.T, protocol int) {
		bubble(t, func(t *testing.T, srv *redistest.Fake) {
			b, conn := dialBroker(t, srv, protocol)
			awaitErr[*redis.ArgumentError](t, conn.Command("SUBSCRIBE", "a"))
			awaitErr[*redis.ArgumentError](t, conn.SubscribeWith(redis.SubscribeOptions{Channels: []string{"a"}, Overflow: redis.BlockOnFull}))
			conn.Multi()
			awaitErr[*redis.ArgumentError](t, conn.Subscribe("a"))
			conn.Discard()
			sub := await(t, conn.Subscribe("a"))
			await(t, conn.Reset())
			if _, err := sub.Next(limit(t)); err != io.EOF {
				t.Errorf("Next = %v; want io.EOF", err)
			}
			if v := await(t, conn.Get("k")); v.Valid() {
				t.Errorf("GET = %v; want a missing value", v)
			}
			if got := b.subscribed(); len(got) > 0 {
				t.Errorf("the server still has %q", got)
			}
		})
	})
}

// Behaviour S8.
func TestToUnsubscribeFromNothingHangsNobody(t *testing.T) {
	overBoth(t, func(t *testing.T, protocol int) {
		bubble(t, func(t *testing.T, srv *redistest.Fake) {
			b, conn := dialBroker(t, srv, protocol)
			await(t, conn.Unsubscribe())
			await(t, conn.PUnsubscribe())
			await(t, conn.SUnsubscribe())
			await(t, conn.Unsubscribe("x", "y"))
			await(t, conn.Set("k", "v"))
			one, two := await(t, conn.Subscribe("a", "b")), await(t, conn.Subscribe("b"))
			await(t, conn.Unsubscribe())
			for _, sub := range []*redis.Subscription{one, two} {
				if _, err := sub.Next(limit(t)); err != io.EOF {
					t.Errorf("Next = %v; want io.EOF", err)
				}
			}
			await(t, conn.Unsubscribe())
			if v := await(t, conn.Get("k")); v.Or("") != "v" {
				t.Errorf("GET = %v; want v", v)
			}
			want := []string{"UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "UNSUBSCRIBE x y", "SET k v", "SUBSCRIBE a b"}
			if got := b.requests(); !slices.Equal(got[:len(want)], want) || got[len(got)-2] != "UNSUBSCRIBE" || got[len(got)-1] != "GET k" {
				t.Errorf("received %q; want %q, and so on", got, want)
			}
		})
	})
}

// Behaviours S3 and S7. A Conn makes its subscriptions again, and knows during the outage that it is subscribed.
func TestAConnIsSubscribedAgainAfterALoss(t *testing.T) {
	overBoth(t, func(t *testing.T, protocol int) {
		bubble(t, func(t *testing.T, srv *redistest.Fake) {
			b, conn := dialBroker(t, srv, protocol)
			sub := await(t, conn.Subscribe("a", "b"))
			time.Sleep(2 * time.Second)
			b.cut()
			synctest.Wait()
			sub.Unsubscribe("b")
			get := conn.Get("k")
			time.Sleep(5 * time.Second)
			if protocol == 2 {
				awaitErr[*redis.ArgumentError](t, get)
			} else {
				await(t, get)
			}
			b.publish("b", "no")
			b.publish("a", "1")
			if m := next(t, sub); m.Payload != "1" || !m.AfterGap {
				t.Errorf("Next = %+v; want 1 after a gap", m)
			}
		})
	})
}

// Behaviour K4. A connection that comes back subscribed is not clean, and its subscriptions end.
func TestASubscribedConnIsNotCleanWhenItIsGivenBack(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		serveBroker(srv, 3)
		lines := redis.NewLines(redis.Options{Addr: "fake:6379", Dialer: srv.DialContext})
		line := lines.New(func() {})
		connected := make(chan error, 1)
		line.Connect(func(err error) { connected <- err })
		if err := <-connected; err != nil {
			t.Fatal(err)
		}
		conn := line.Lend()
		sub := await(t, conn.Subscribe("a"))
		if left, ok := line.Retrieve(conn); !ok || !left.Subscribed || left.Clean() {
			t.Errorf("Retrieve = %+v, %v; want subscribed", left, ok)
		}
		if _, err := sub.Next(limit(t)); err == nil || err == io.EOF {
			t.Errorf("Next = %v; want an error that tells of the return", err)
		}
		awaitErr[*redis.ArgumentError](t, conn.Subscribe("b"))
		line.Cut()
		line.Wait()
	})
}
