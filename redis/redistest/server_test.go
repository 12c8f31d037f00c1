package redistest_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/redistest"
)

// connected makes a client of a server, closed with the test.
func connected(t *testing.T, srv *redistest.Server, change func(*redis.Options)) *redis.Client {
	t.Helper()
	opts := srv.Options()
	if change != nil {
		change(&opts)
	}
	client := redis.New(opts)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestAServerIsASmallRedisWithoutRules(t *testing.T) {
	srv := redistest.NewServer(t)
	client := connected(t, srv, nil)
	want(t, "Set", client.Set("k", "v"), true)
	want(t, "Get", client.Get("k"), redis.Some("v"))
	want(t, "Incr", client.Incr("n"), 1)
	if got, want := srv.Sent(), []string{"SET k v", "GET k", "INCR n"}; !slices.Equal(got, want) {
		t.Errorf("Sent = %q; want %q", got, want)
	}
}

func TestRulesAnswerInBothProtocols(t *testing.T) {
	for _, protocol := range []int{2, 3} {
		srv := redistest.NewServer(t)
		client := connected(t, srv, func(o *redis.Options) { o.Protocol = protocol })
		srv.Reply("HGETALL", redistest.Map("name", "Ada"))
		srv.Reply("ZSCORE", redistest.Float(2.5))
		srv.Reply("GET k", redistest.Nil)
		srv.Reply("LPUSH", redistest.Error("OOM full"))
		srv.Handle("ECHO", func(args []string) redistest.Reply { return redistest.Bulk(args[1] + "!") })
		want(t, "HGetAll", client.HGetAll("h"), map[string]string{"name": "Ada"})
		want(t, "ZScore", client.ZScore("z", "m"), redis.Some(2.5))
		want(t, "Get", client.Get("k"), redis.None[string]())
		want(t, "Echo", client.Echo("x"), "x!")
		_, err := client.LPush("l", "x").Await(t.Context())
		if e := (*redis.RedisError)(nil); !errors.As(err, &e) || !e.IsOOM() {
			t.Errorf("LPush = %v; want OOM", err)
		}
	}
}

func TestALossInPlaceOfAReplyLeavesTheOutcomeUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.NewServer(t)
		client := connected(t, srv, nil)
		srv.Reply("INCR", redistest.Disconnect, redistest.Int(2))
		_, err := client.Incr("n").Await(t.Context())
		if e := (*redis.ConnectionError)(nil); !errors.As(err, &e) || e.Outcome() != redis.Unknown {
			t.Errorf("Incr = %v; want a ConnectionError, outcome Unknown", err)
		}
		want(t, "Incr on the next connection", client.Incr("n"), 2)
		srv.Disconnect()
		srv.WaitFor("INCR", 2)
		synctest.Wait()
		want(t, "Incr after Disconnect", client.Incr("n"), 2)
		if n := srv.Connections(); n != 3 {
			t.Errorf("Connections = %d; want 3", n)
		}
	})
}

func TestTimeLimitsOfAMinuteTakeNoTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.NewServer(t)
		client := connected(t, srv, func(o *redis.Options) { o.ReadTimeout = time.Minute })
		if err := client.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		srv.Reply("GET", redistest.Bulk("v").After(40*time.Second))
		want(t, "Get", client.Get("k"), redis.Some("v"))
		if took := time.Since(start); took != 40*time.Second {
			t.Errorf("Get took %v; want 40 s", took)
		}
		srv.Reply("GET")
		want(t, "Set", client.Set("k", "v"), true)
		srv.Pause()
		f := client.Get("k")
		time.AfterFunc(10*time.Second, srv.Resume)
		start = time.Now()
		want(t, "Get", f, redis.Some("v"))
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("Get of a paused server took %v; want 10 s", took)
		}
		srv.Reply("GET", redistest.Silence)
		// Before the client takes the connection for dead, which is in a minute, too.
		short, cancel := context.WithTimeout(t.Context(), 50*time.Second)
		defer cancel()
		_, err := client.With(short).Get("k").Await(t.Context())
		if e := (*redis.TimeoutError)(nil); !errors.As(err, &e) {
			t.Errorf("Get = %v; want a TimeoutError", err)
		}
	})
}

func TestATranscriptIsPlayedAndItsRestAnsweredByRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.NewServer(t)
		srv.Script(`
			-> GET k
			<- $3 bar
			-> INCR *
			close
		`)
		client := connected(t, srv, nil)
		want(t, "Get", client.Get("k"), redis.Some("bar"))
		if _, err := client.Incr("n").Await(t.Context()); err == nil {
			t.Error("Incr succeeds; want the connection lost")
		}
		want(t, "Incr on the next connection", client.Incr("n"), 1)
	})
}
