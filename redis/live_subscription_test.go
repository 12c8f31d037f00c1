package redis_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// subscriberID is the id of the connection that is subscribed, by the server's list.
func subscriberID(t *testing.T, client *redis.Client) string {
	t.Helper()
	for line := range strings.Lines(await(t, redis.Do[string](client, "CLIENT", "LIST", "TYPE", "pubsub"))) {
		id, _, _ := strings.Cut(strings.TrimPrefix(line, "id="), " ")
		return id
	}
	t.Fatal("no connection is subscribed")
	return ""
}

// untilLive waits until a subscription is complete again.
func untilLive(t *testing.T, client *redis.Client, sub *redis.Subscription, gaps uint64) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		s := sub.Stats()
		if s.Live && s.Gaps >= gaps {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("Stats = %+v; want live after %d gaps", s, gaps)
		}
		await(t, client.Ping())
	}
}

// Behaviours S1, S2, S3 and S7.
func TestSubscriptionsOnARealServer(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		overBoth(t, func(t *testing.T, protocol int) {
			redistest.NoLeaks(t)
			client := newLive(t, redis.Options{Addr: srv.Addr, Protocol: protocol})
			sub := await(t, client.SubscribeWith(redis.SubscribeOptions{
				Channels: []string{"a"}, Patterns: []string{"a*", "b*"}, Shards: []string{"sh"},
			}))
			await(t, client.Publish("a", "1"))
			await(t, client.SPublish("sh", "\x00\r\n"))
			await(t, client.Publish("bc", ""))
			for _, want := range []redis.Message{
				{Kind: redis.KindChannel, Channel: "a", Payload: "1"},
				{Kind: redis.KindPattern, Channel: "a", Pattern: "a*", Payload: "1"},
				{Kind: redis.KindShard, Channel: "sh", Payload: "\x00\r\n"},
				{Kind: redis.KindPattern, Channel: "bc", Pattern: "b*"},
			} {
				if m := next(t, sub); m != want {
					t.Errorf("Next = %+v; want %+v", m, want)
				}
			}
			if got := await(t, client.PubSubNumSub("a", "z")); got["a"] != 1 || got["z"] != 0 {
				t.Errorf("PUBSUB NUMSUB = %v; want one of a", got)
			}
			if got := await(t, client.PubSubShardNumSub("sh")); got["sh"] != 1 {
				t.Errorf("PUBSUB SHARDNUMSUB = %v; want one of sh", got)
			}
			if n := await(t, client.PubSubNumPat()); n != 2 {
				t.Errorf("PUBSUB NUMPAT = %d; want 2", n)
			}
			await(t, sub.PUnsubscribe("a*"))

			const n = 50_000
			go func() {
				p := client.Pipeline()
				for i := range n {
					p.Publish("a", i)
					if i%500 == 499 {
						_ = p.Exec(context.Background())
						p = client.Pipeline()
					}
				}
			}()
			for i := range n {
				if m := next(t, sub); m.Channel != "a" || m.Payload != strconv.Itoa(i) || m.Dropped != 0 || m.AfterGap {
					t.Fatalf("message %d = %+v", i, m)
				}
			}

			if k := await(t, redis.Do[int64](client, "CLIENT", "KILL", "ID", subscriberID(t, client))); k != 1 {
				t.Fatalf("CLIENT KILL = %d; want 1", k)
			}
			untilLive(t, client, sub, 1)
			await(t, client.Publish("ax", "not wanted any more"))
			await(t, client.Publish("bx", "wanted"))
			await(t, client.SPublish("sh", "wanted"))
			await(t, client.Publish("a", "wanted"))
			for i, want := range []redis.Message{
				{Kind: redis.KindPattern, Channel: "bx", Pattern: "b*", AfterGap: true},
				{Kind: redis.KindShard, Channel: "sh"},
				{Kind: redis.KindChannel, Channel: "a"},
			} {
				want.Payload = "wanted"
				if m := next(t, sub); m != want {
					t.Errorf("message %d after the loss = %+v; want %+v", i, m, want)
				}
			}
			await(t, sub.Unsubscribe())
			await(t, sub.PUnsubscribe())
			await(t, sub.SUnsubscribe())
			if _, err := sub.Next(limit(t)); err != io.EOF {
				t.Errorf("Next = %v; want io.EOF", err)
			}
			if got := await(t, client.PubSubChannels()); len(got) != 0 {
				t.Errorf("PUBSUB CHANNELS = %q; want none", got)
			}
		})
	})
}

// Behaviours S7 and S8.
func TestASubscribedConnOnARealServer(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		overBoth(t, func(t *testing.T, protocol int) {
			conn := dialLive(t, redis.Options{Addr: srv.Addr, Protocol: protocol})
			client := newLive(t, redis.Options{Addr: srv.Addr})
			await(t, conn.Unsubscribe())
			await(t, conn.SUnsubscribe())
			await(t, conn.Unsubscribe("x", "y"))
			sub := await(t, conn.Subscribe("a"))
			await(t, sub.SSubscribe("sh"))
			for range 3 {
				if got := await(t, conn.Ping()); got != "PONG" {
					t.Errorf("PING = %q; want PONG", got)
				}
			}
			if protocol == 2 {
				awaitErr[*redis.ArgumentError](t, conn.Get("k"))
			} else if v := await(t, conn.Get("k")); v.Valid() {
				t.Errorf("GET = %v; want a missing value", v)
			}
			await(t, client.Publish("a", "1"))
			if m := next(t, sub); m.Payload != "1" {
				t.Errorf("Next = %+v; want 1", m)
			}
			await(t, sub.Unsubscribe("a"))
			sub.SUnsubscribe()
			if v := await(t, conn.Get("k")); v.Valid() {
				t.Errorf("GET after the last unsubscribe = %v; want a missing value", v)
			}
			sub = await(t, conn.Subscribe("a"))
			await(t, conn.Reset())
			if v := await(t, conn.Get("k")); v.Valid() {
				t.Errorf("GET after RESET = %v; want a missing value", v)
			}
			if _, err := sub.Next(limit(t)); err != io.EOF {
				t.Errorf("Next = %v; want io.EOF", err)
			}
		})
	})
}

// Behaviour S3. With a password, and a user who may not have one of the channels.
func TestAServerRefusesOneOfTheChannels(t *testing.T) {
	redistest.EachWith(t, redistest.Options{Password: "secret"}, func(t *testing.T, srv *redistest.Server) {
		overBoth(t, func(t *testing.T, protocol int) {
			srv.Do("ACL", "SETUSER", "ann", "reset", "on", ">pw", "+@all", "~*", "&a", "&b")
			root := newLive(t, redis.Options{Addr: srv.Addr, Password: "secret"})
			client := newLive(t, redis.Options{Addr: srv.Addr, Protocol: protocol, Username: "ann", Password: "pw"})
			var refused *redis.RefusedError
			if _, err := client.Subscribe("c").Await(limit(t)); !errors.As(err, &refused) {
				t.Errorf("Subscribe = %v; want a refusal", err)
			}
			sub := await(t, client.Subscribe("a", "c", "b"))
			if _, err := sub.Next(limit(t)); !errors.As(err, &refused) || refused.Topic.Name != "c" {
				t.Errorf("Next = %v; want the refusal of c", err)
			}
			// The server ends the connection of a user who loses a right.
			srv.Do("ACL", "SETUSER", "ann", "resetchannels", "&b")
			untilLive(t, root, sub, 1)
			if _, err := sub.Next(limit(t)); !errors.As(err, &refused) || refused.Topic.Name != "a" {
				t.Errorf("Next = %v; want the refusal of a", err)
			}
			await(t, root.Publish("b", "1"))
			if m := next(t, sub); m.Channel != "b" || !m.AfterGap {
				t.Errorf("Next = %+v; want the message of b after a gap", m)
			}
		})
	})
}

// Behaviour S5. The server throws out a subscriber that does not read.
func TestAServerEndsASubscriberThatBlocks(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		redistest.NoLeaks(t)
		srv.Do("CONFIG", "SET", "client-output-buffer-limit", "pubsub 1mb 256kb 1")
		client := newLive(t, redis.Options{Addr: srv.Addr})
		sub := await(t, client.SubscribeWith(redis.SubscribeOptions{Channels: []string{"a"}, Buffer: 10, Overflow: redis.BlockOnFull}))
		payload := strings.Repeat("x", 64<<10)
		sent := 0
		for n := int64(1); n > 0; sent++ { // until the server has nobody to send it to
			n = await(t, client.Publish("a", payload))
		}
		// It reads what had come, and then the end.
		got := 0
		for !sub.Stats().Live || sub.Stats().Gaps == 0 {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
			if _, err := sub.Next(ctx); err == nil {
				got++
			}
			cancel()
		}
		await(t, client.Publish("a", "after"))
		for {
			m := next(t, sub)
			if m.Payload == "after" {
				if !m.AfterGap {
					t.Errorf("Next = %+v; want a gap", m)
				}
				break
			}
			got++
		}
		if got >= sent || got < 10 {
			t.Errorf("%d of %d messages came; want some, and not all", got, sent)
		}
	})
}

// Behaviour D10. The server is restarted.
func TestSubscriptionsSurviveARestart(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		overBoth(t, func(t *testing.T, protocol int) {
			client := newLive(t, redis.Options{Addr: srv.Addr, Protocol: protocol})
			var names []string
			for i := range 2500 {
				names = append(names, fmt.Sprint("channel ", i))
			}
			sub := await(t, client.Subscribe(names...))
			gaps := make(chan redis.Gap, 10)
			sub.OnGap(func(g redis.Gap) { gaps <- g })
			srv.Stop()
			srv.Restart()
			select {
			case g := <-gaps:
				if g.Err == nil {
					t.Errorf("gap %+v; want a cause", g)
				}
			case <-limit(t).Done():
				t.Fatal("the subscription is not back")
			}
			if n := await(t, client.Publish("channel 2499", "x")); n != 1 {
				t.Errorf("PUBLISH = %d; want 1", n)
			}
			if m := next(t, sub); !m.AfterGap || m.Channel != "channel 2499" {
				t.Errorf("Next = %+v; want a gap", m)
			}
		})
	})
}
