package redis_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour S1.
func TestMessagesComeWithWhatTheyWereSubscribedBy(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		sub := await(t, client.SubscribeWith(redis.SubscribeOptions{
			Channels: []string{"a"}, Patterns: []string{"a*"}, Shards: []string{"sh"},
		}))
		b.publish("a", "1")
		b.publish("ab", "\x00\r\n2")
		b.spublish("sh", "")
		for _, want := range []redis.Message{
			{Kind: redis.KindChannel, Channel: "a", Payload: "1"},
			{Kind: redis.KindPattern, Channel: "a", Pattern: "a*", Payload: "1"},
			{Kind: redis.KindPattern, Channel: "ab", Pattern: "a*", Payload: "\x00\r\n2"},
			{Kind: redis.KindShard, Channel: "sh"},
		} {
			if m := next(t, sub); m != want {
				t.Errorf("Next = %+v; want %+v", m, want)
			}
		}
		if s := sub.Stats(); s.Received != 4 || s.Delivered != 4 || s.Dropped != 0 || s.Buffered != 0 || !s.Live {
			t.Errorf("Stats = %+v; want 4 received and delivered", s)
		}
	})
}

// Behaviour S1. In order, and none lost, also beside commands.
func TestFiftyThousandMessagesComeInOrder(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		sub := await(t, client.Subscribe("a"))
		const n = 50_000
		go func() {
			for i := range n {
				b.publish("a", strconv.Itoa(i))
			}
		}()
		for i := range n {
			if m := next(t, sub); m.Payload != strconv.Itoa(i) || m.Dropped != 0 || m.AfterGap {
				t.Fatalf("message %d = %+v", i, m)
			}
		}
	})
}

// Behaviour S2.
func TestSeveralChannelsAreSubscribedToByOneWrite(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		sub := await(t, client.Subscribe("a", "b", "c", "a"))
		await(t, sub.Subscribe("d", "a"))
		await(t, sub.PSubscribe("p*"))
		want := []string{"SUBSCRIBE a b c", "SUBSCRIBE d", "PSUBSCRIBE p*"}
		if got := b.requests(); !slices.Equal(got, want) {
			t.Errorf("received %q; want %q", got, want)
		}
		await(t, sub.Unsubscribe("a", "c"))
		b.publish("a", "no")
		b.publish("b", "yes")
		if m := next(t, sub); m.Channel != "b" {
			t.Errorf("Next = %+v; want the message of b", m)
		}
		await(t, sub.PUnsubscribe())
		b.publish("d", "last")
		synctest.Wait()
		await(t, sub.Unsubscribe())
		var got []string
		for m, err := range sub.Messages(limit(t)) {
			if err != nil {
				t.Fatalf("Messages: %v; want an end without an error", err)
			}
			got = append(got, m.Payload)
		}
		if !slices.Equal(got, []string{"last"}) {
			t.Errorf("Messages = %q; want what was in the buffer", got)
		}
		for range 2 {
			if _, err := sub.Next(limit(t)); err != io.EOF {
				t.Errorf("Next = %v; want io.EOF", err)
			}
		}
		if got := b.subscribed(); len(got) != 0 {
			t.Errorf("the server still has %q", got)
		}
		if s := awaitErr[*redis.DisconnectedError](t, sub.Subscribe("z")); s.Outcome() != redis.NotExecuted {
			t.Errorf("outcome %v; want NotExecuted", s.Outcome())
		}
	})
}

// Behaviour S2. Two subscriptions of one channel: the server is asked once, and told once that nobody wants it.
func TestSubscriptionsShareTheirChannels(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		one, two := await(t, client.Subscribe("a", "b")), await(t, client.Subscribe("b", "c"))
		b.publish("b", "x")
		next(t, one)
		next(t, two)
		_ = one.Close()
		b.publish("b", "y")
		if m := next(t, two); m.Payload != "y" {
			t.Errorf("Next = %+v; want y", m)
		}
		synctest.Wait()
		want := []string{"SUBSCRIBE a b", "SUBSCRIBE c", "UNSUBSCRIBE a"}
		if got := b.requests(); !slices.Equal(got, want) {
			t.Errorf("received %q; want %q", got, want)
		}
	})
}

// Behaviour S3. Law G11. The second loss falls into the replay, and what was unsubscribed meanwhile stays away.
func TestALostConnectionIsMadeAgainWithEverythingWanted(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		sub := await(t, client.SubscribeWith(redis.SubscribeOptions{
			Channels: []string{"a", "b", "c"}, Patterns: []string{"p*", "q*"}, Shards: []string{"s1"},
		}))
		gaps := make(chan redis.Gap, 10)
		sub.OnGap(func(g redis.Gap) { gaps <- g })
		b.publish("a", "before")
		synctest.Wait()
		time.Sleep(2 * time.Second)
		b.srv.DropAfter(1, 2) // the replays: cut after one command, after two
		b.cut()
		sub.Unsubscribe("b")
		sub.PUnsubscribe("p*")
		synctest.Wait()
		time.Sleep(10 * time.Second)
		want := []string{"PSUBSCRIBE q*", "SSUBSCRIBE s1", "SUBSCRIBE a", "SUBSCRIBE c"}
		if got := b.subscribed(); !slices.Equal(got, want) {
			t.Fatalf("the server has %q; want %q", got, want)
		}
		b.publish("c", "after")
		b.publish("c", "later")
		if m := next(t, sub); m.Payload != "before" || m.AfterGap {
			t.Errorf("Next = %+v; want before, without a gap", m)
		}
		if m := next(t, sub); m.Payload != "after" || !m.AfterGap {
			t.Errorf("Next = %+v; want after, with a gap", m)
		}
		if m := next(t, sub); m.AfterGap {
			t.Errorf("Next = %+v; want no gap", m)
		}
		if s := sub.Stats(); s.Gaps == 0 || !s.Live {
			t.Errorf("Stats = %+v; want a gap, and live", s)
		}
		synctest.Wait()
		if len(gaps) != 1 {
			t.Fatalf("OnGap was called %d times; want once", len(gaps))
		}
		if g := <-gaps; g.Err == nil || g.To.Sub(g.From) <= 0 || g.To.Sub(g.From) > 5*time.Second {
			t.Errorf("gap %+v; want a cause and a length", g)
		}
	})
}

// Behaviour S3. A channel that the server refuses, at first and after a reconnect.
func TestARefusedChannelIsReportedAlone(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		b.refuse("no")
		if e := awaitErr[*redis.RefusedError](t, client.Subscribe("no")); e.Topic.Name != "no" || e.Outcome() != redis.Rejected {
			t.Errorf("refused %+v; want no", e)
		}
		sub := await(t, client.Subscribe("a", "no", "b"))
		var refused *redis.RefusedError
		if _, err := sub.Next(limit(t)); !errors.As(err, &refused) || refused.Topic.Name != "no" {
			t.Errorf("Next = %v; want the refusal of no", err)
		}
		var reply *redis.RedisError
		if !errors.As(refused, &reply) || !reply.IsNoPerm() {
			t.Errorf("the refusal is %v; want NOPERM", refused)
		}
		if e := awaitErr[*redis.RefusedError](t, sub.Subscribe("no", "c")); e.Topic.Name != "no" {
			t.Errorf("refused %+v; want no", e)
		}
		b.publish("c", "1")
		if m := next(t, sub); m.Channel != "c" {
			t.Errorf("Next = %+v; want c", m)
		}
		b.refuse("b")
		b.cut()
		time.Sleep(5 * time.Second)
		if got, want := b.subscribed(), []string{"SUBSCRIBE a", "SUBSCRIBE c"}; !slices.Equal(got, want) {
			t.Errorf("the server has %q; want %q", got, want)
		}
		b.publish("a", "2")
		var list []string
		for m, err := range sub.Messages(limit(t)) {
			if err != nil {
				list = append(list, err.Error())
				if !errors.As(err, &refused) || refused.Topic != (redis.Topic{Kind: redis.KindChannel, Name: "b"}) {
					t.Errorf("Messages: %v; want the refusal of b", err)
				}
				continue
			}
			list = append(list, fmt.Sprint(m.Payload, m.AfterGap))
			break
		}
		if want := []string{`redis: subscription to a channel refused: ` + reply.Error(), "2true"}; !slices.Equal(list, want) {
			t.Errorf("Messages = %q; want %q", list, want)
		}
		// The last ones go too: then the subscription has ended, with that, again at every call.
		b.refuse("a")
		b.refuse("c")
		b.cut()
		time.Sleep(5 * time.Second)
		_, first := sub.Next(limit(t))
		for first != nil && errors.As(first, &refused) && len(sub.Topics()) > 0 {
			_, first = sub.Next(limit(t))
		}
		_, second := sub.Next(limit(t))
		_, third := sub.Next(limit(t))
		if !errors.As(third, &refused) || second != third {
			t.Errorf("Next = %v, %v, %v; want the refusal that has ended it, again and again", first, second, third)
		}
	})
}

// Behaviour S4. Law G11. The exact number that was lost is on the next message, whatever the policy.
func TestASlowSubscriberDelaysNobodyAndKnowsWhatItLost(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		oldest := await(t, client.SubscribeWith(redis.SubscribeOptions{Channels: []string{"a"}, Buffer: 10}))
		newest := await(t, client.SubscribeWith(redis.SubscribeOptions{Channels: []string{"a"}, Buffer: 10, Overflow: redis.DropNewest}))
		fail := await(t, client.SubscribeWith(redis.SubscribeOptions{Channels: []string{"a"}, Buffer: 10, Overflow: redis.FailOnFull}))
		small := await(t, client.SubscribeWith(redis.SubscribeOptions{Channels: []string{"a"}, BufferBytes: 350}))
		all := await(t, client.Subscribe("a"))
		for i := range 25 {
			b.publish("a", strconv.Itoa(i))
		}
		synctest.Wait()
		start := time.Now()
		await(t, client.Set("k", "v"))
		for i := range 25 {
			if m := next(t, all); m.Payload != strconv.Itoa(i) || m.Dropped != 0 {
				t.Fatalf("the fast one got %+v as message %d", m, i)
			}
		}
		if took := time.Since(start); took > 0 {
			t.Errorf("it took %v; want no time", took)
		}
		if s := oldest.Stats(); s.Received != 25 || s.Dropped != 15 || s.Buffered != 10 {
			t.Errorf("Stats = %+v; want 25 received, 15 dropped, 10 buffered", s)
		}
		for i := range 10 {
			want := redis.Message{Channel: "a", Payload: strconv.Itoa(i + 15)}
			if i == 0 {
				want.Dropped = 15
			}
			if m := next(t, oldest); m != want {
				t.Errorf("DropOldest: Next = %+v; want %+v", m, want)
			}
		}
		for i := range 10 {
			if m := next(t, newest); m.Payload != strconv.Itoa(i) || m.Dropped != 0 {
				t.Errorf("DropNewest: Next = %+v; want %d", m, i)
			}
		}
		b.publish("a", "on")
		if m := next(t, newest); m.Payload != "on" || m.Dropped != 15 {
			t.Errorf("DropNewest: Next = %+v; want on, after 15", m)
		}
		if m := next(t, small); m.Payload != "23" || m.Dropped != 23 {
			t.Errorf("by bytes: Next = %+v; want 23, after 23", m)
		}
		for i := range 10 {
			if m := next(t, fail); m.Payload != strconv.Itoa(i) {
				t.Errorf("Fail: Next = %+v; want %d", m, i)
			}
		}
		for range 2 {
			var over *redis.OverflowError
			if _, err := fail.Next(limit(t)); !errors.As(err, &over) || over.Messages != 10 {
				t.Errorf("Fail: Next = %v; want an OverflowError", err)
			}
		}
	})
}

// Behaviour S4. A subscription that blocks has a connection of its own, which is not taken for dead however long it takes.
func TestASubscriptionThatBlocksHoldsUpItsOwnConnectionOnly(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		blocking := await(t, client.SubscribeWith(redis.SubscribeOptions{Channels: []string{"a"}, Buffer: 5, Overflow: redis.BlockOnFull}))
		other := await(t, client.Subscribe("a"))
		go func() {
			for i := range 1000 {
				b.publish("a", strconv.Itoa(i))
			}
		}()
		for i := range 1000 {
			if m := next(t, other); m.Payload != strconv.Itoa(i) {
				t.Fatalf("the other got %+v; want %d", m, i)
			}
		}
		await(t, client.Ping())
		time.Sleep(10 * time.Minute)
		for i := range 1000 {
			if m := next(t, blocking); m.Payload != strconv.Itoa(i) || m.Dropped != 0 || m.AfterGap {
				t.Fatalf("the blocking one got %+v; want %d", m, i)
			}
		}
		if n := b.srv.Accepted(); n != 3 {
			t.Errorf("%d connections; want 3", n)
		}
		// Close frees a reader that waits for room.
		for i := range 100 {
			b.publish("a", strconv.Itoa(i))
		}
		synctest.Wait()
		_ = blocking.Close()
		synctest.Wait()
	})
}

// Behaviour S6.
func TestAHandlerIsCalledForOneMessageAfterTheOther(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		b := serveBroker(srv, 3)
		reported := make(chan error, 10)
		client := dialFake(t, srv, func(o *redis.Options) { o.OnError = func(_ *redis.Client, err error) { reported <- err } })
		sub := await(t, client.Subscribe("a"))
		var got []string
		running := false
		done := sub.OnMessage(func(m redis.Message) error {
			if running {
				t.Error("the handler is called while it runs")
			}
			running = true
			time.Sleep(time.Second)
			running = false
			got = append(got, m.Payload)
			switch m.Payload {
			case "1":
				panic("boom")
			case "2":
				return errEnough
			}
			return nil
		})
		for i := range 5 {
			b.publish("a", strconv.Itoa(i))
		}
		if _, err := sub.Next(limit(t)); err == nil {
			t.Error("Next beside a handler succeeds; want an error")
		}
		awaitErr[*redis.ArgumentError](t, sub.OnMessage(func(redis.Message) error { return nil }))
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if want := []string{"0", "1", "2", "3", "4"}; !slices.Equal(got, want) {
			t.Errorf("handled %q; want %q", got, want)
		}
		if len(reported) != 2 {
			t.Errorf("%d errors were reported; want the panic and the error", len(reported))
		}
		// Close does not wait for what is in the buffer.
		for i := range 10_000 {
			b.publish("a", strconv.Itoa(i))
		}
		synctest.Wait()
		start := time.Now()
		_ = sub.Close()
		if took := time.Since(start); took != 0 {
			t.Errorf("Close took %v; want no time", took)
		}
		await(t, done)
		if len(got) > 6 {
			t.Errorf("%d messages were handled after Close", len(got)-6)
		}
	})
}

// Behaviour S6. A pending future holds the next message, and Close lets go of it.
func TestAHandlerThatReturnsAFutureHoldsTheNextMessage(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		sub := await(t, client.Subscribe("a"))
		var calls []*future.Promise[int]
		done := sub.OnMessageAsync(func(m redis.Message) future.Awaitable {
			p := future.NewPromise[int]()
			calls = append(calls, p)
			return p.Future()
		})
		for i := range 3 {
			b.publish("a", strconv.Itoa(i))
		}
		for i := range 3 {
			synctest.Wait()
			if len(calls) != i+1 {
				t.Fatalf("the handler was called %d times; want %d", len(calls), i+1)
			}
			if i < 2 {
				calls[i].Complete(i)
			}
		}
		_ = sub.Close()
		await(t, done)
	})
}

// Behaviour S6. A handler may close its own subscription, and one that ends its goroutine takes nobody with it.
func TestAHandlerMayCloseItsSubscription(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		sub := await(t, client.Subscribe("a"))
		n := 0
		done := sub.OnMessage(func(m redis.Message) error {
			n++
			if m.Payload == "2" {
				return sub.Close()
			}
			return nil
		})
		for i := range 5 {
			b.publish("a", strconv.Itoa(i))
		}
		await(t, done)
		if n != 3 {
			t.Errorf("handled %d messages; want 3", n)
		}
	})
}

// Law G6. Nobody confirms: the call ends, and nothing is left of it. A second one, of the same channel, is not touched by that.
func TestASubscribeThatNobodyConfirmsEnds(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		first := await(t, client.Subscribe("x"))
		b.mu.Lock()
		b.delay = 45 * time.Second
		b.mu.Unlock()
		late := client.Subscribe("a")
		time.Sleep(20 * time.Second)
		second := client.Subscribe("a")
		start := time.Now()
		e := awaitErr[*redis.TimeoutError](t, late)
		if took := time.Since(start); took > 12*time.Second || e.Command != "SUBSCRIBE" {
			t.Errorf("failed after %v as %v; want a timeout of SUBSCRIBE", took, e)
		}
		awaitErr[redis.Error](t, second) // the silence has ended the connection meanwhile, or it is late itself
		_ = first.Close()
		time.Sleep(10 * time.Minute)
		if got := b.subscribed(); len(got) != 0 {
			t.Errorf("the server still has %q", got)
		}
	})
}

// Law G6. While there is no connection too; and cancelling takes the subscription back.
func TestASubscribeDuringAnOutageEndsInTime(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		await(t, client.Subscribe("x"))
		cutOff(b.srv)
		f := client.Subscribe("a")
		g := client.Subscribe("b")
		synctest.Wait()
		g.Cancel(errEnough)
		if _, err := g.Await(limit(t)); err != errEnough {
			t.Errorf("Await = %v; want the cause", err)
		}
		start := time.Now()
		awaitErr[*redis.TimeoutError](t, f)
		if took := time.Since(start); took > 34*time.Second {
			t.Errorf("it took %v; want ReadTimeout", took)
		}
		b.srv.Memory().RefuseDials(nil)
		time.Sleep(2 * time.Minute)
		if got, want := b.subscribed(), []string{"SUBSCRIBE x"}; !slices.Equal(got, want) {
			t.Errorf("the server has %q; want %q", got, want)
		}
	})
}

// Behaviour D5. Where there is no server the call fails as a command would; and once the client is closed.
func TestASubscribeWithoutAServerFails(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		b := serveBroker(srv, 3)
		cutOff(srv)
		client := dialFake(t, srv)
		awaitErr[*redis.ConnectionError](t, client.Subscribe("a"))
		synctest.Wait() // a call in the very moment in which the attempt fails fails with it
		srv.Memory().RefuseDials(nil)
		sub := await(t, client.Subscribe("a"))
		b.publish("a", "1")
		next(t, sub)
		taken := make(chan error)
		go func() {
			_, err := sub.Next(context.Background())
			taken <- err
		}()
		synctest.Wait()
		_ = client.Close()
		if err := <-taken; err != io.EOF {
			t.Errorf("Next = %v; want io.EOF", err)
		}
		awaitErr[*redis.DisconnectedError](t, client.Subscribe("a"))
	})
}

// Law G11. A client that does not reconnect ends its subscriptions with the reason, and a new one connects again.
func TestALostConnectionThatIsNotReplacedEndsTheSubscriptions(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		b := serveBroker(srv, 3)
		client := dialFake(t, srv, func(o *redis.Options) { o.DisableReconnect = true })
		sub := await(t, client.Subscribe("a"))
		b.publish("a", "1")
		synctest.Wait()
		b.cut()
		synctest.Wait()
		if m := next(t, sub); m.Payload != "1" {
			t.Errorf("Next = %+v; want what had come", m)
		}
		for range 2 {
			var gone *redis.DisconnectedError
			if _, err := sub.Next(limit(t)); !errors.As(err, &gone) {
				t.Errorf("Next = %v; want a DisconnectedError", err)
			}
		}
		sub = await(t, client.Subscribe("a"))
		b.publish("a", "2")
		if m := next(t, sub); m.Payload != "2" || m.AfterGap {
			t.Errorf("Next = %+v; want 2", m)
		}
	})
}

// Behaviours T2 and S3. An idle connection is asked whether it lives, and replaced when it does not answer.
func TestAnIdleSubscriberIsPinged(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		sub := await(t, client.Subscribe("a"))
		time.Sleep(5 * time.Minute)
		if n := b.srv.Count("PING"); n < 15 || n > 25 {
			t.Errorf("%d PINGs in five minutes; want one in 15 s", n)
		}
		if s := sub.Stats(); s.Gaps != 0 {
			t.Errorf("Stats = %+v; want no gap", s)
		}
		b.srv.Pause()
		time.Sleep(2 * time.Minute)
		b.srv.Resume()
		time.Sleep(time.Minute)
		b.publish("a", "1")
		if m := next(t, sub); !m.AfterGap {
			t.Errorf("Next = %+v; want a gap", m)
		}
	})
}

// Law G9. A confirmation that nobody asked for, or a reply, ends the connection, and the subscriptions come back on the next one.
func TestWhatIsNoMessageEndsASubscribedConnection(t *testing.T) {
	for name, raw := range map[string]string{
		"a reply":               ":6\r\n",
		"a confirmation":        redistest.Push(redistest.Bulk("subscribe"), redistest.Bulk("z"), redistest.Int(9)),
		"an array":              redistest.Array(redistest.Bulk("x")),
		"a pong":                redistest.Array(redistest.Bulk("pong"), redistest.Bulk("")),
		"malformed":             ">3\r\n$7\r\nmessage\r\n$1\r\naXY",
		"a message without end": ">2\r\n$7\r\nmessage\r\n$-2\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				b := serveBroker(srv, 3)
				client := dialFake(t, srv)
				sub := await(t, client.Subscribe("a"))
				_ = srv.Conn(0).Send(raw)
				synctest.Wait()
				time.Sleep(time.Second)
				b.publish("a", "1")
				if m := next(t, sub); m.Payload != "1" || !m.AfterGap {
					t.Errorf("Next = %+v; want 1 after a gap", m)
				}
			})
		})
	}
}

// Law G3. Frames that are not ours are skipped; what cannot be read as a message is counted.
func TestFramesOfOtherKindsAreSkipped(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		b := serveBroker(srv, 3)
		client := dialFake(t, srv)
		sub := await(t, client.Subscribe("a"))
		for _, raw := range []string{
			redistest.Push(),
			redistest.Push(redistest.Bulk("invalidate"), redistest.Array(redistest.Bulk("k"))),
			redistest.Push(redistest.Int(5)),
			redistest.Push(redistest.Bulk("message"), redistest.Bulk("not ours"), redistest.Bulk("x")),
			redistest.Push(redistest.Bulk("message"), redistest.Bulk("a"), redistest.Array(redistest.Bulk("k"))),
			redistest.Push(redistest.Bulk("message"), redistest.Bulk("a"), redistest.Null),
		} {
			_ = srv.Conn(0).Send(raw)
		}
		b.publish("a", "1")
		if m := next(t, sub); m.Payload != "1" || m.Dropped != 2 || m.AfterGap {
			t.Errorf("Next = %+v; want 1, after two that are not readable", m)
		}
	})
}

// Behaviour S3. A server that is busy with a script refuses for the time being, which ends nothing.
func TestARefusalThatPassesEndsNoSubscription(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		busy := true
		during := func(verb string, normal redistest.Handler) {
			b.srv.Handle(verb, func(c *redistest.Conn, args []string) string {
				b.mu.Lock()
				refuse := busy
				b.mu.Unlock()
				if refuse {
					return redistest.Error("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.")
				}
				return normal(c, args)
			})
		}
		during("SUBSCRIBE", func(c *redistest.Conn, args []string) string { return b.subscribe(c, "", args[1:]) })
		during("UNSUBSCRIBE", func(c *redistest.Conn, args []string) string { return b.unsubscribe(c, "", args[1:]) })
		set := func(to bool) {
			b.mu.Lock()
			busy = to
			b.mu.Unlock()
		}
		opening := client.Subscribe("a", "b")
		time.Sleep(3 * time.Second)
		set(false)
		sub := await(t, opening)
		set(true)
		leaving := sub.Unsubscribe("b")
		b.cut()
		time.Sleep(3 * time.Second)
		set(false)
		await(t, leaving)
		time.Sleep(time.Second)
		set(true)
		leaving = sub.Unsubscribe("a")
		more := client.Subscribe("c")
		time.Sleep(3 * time.Second)
		set(false)
		await(t, leaving)
		await(t, more)
		if got, want := b.subscribed(), []string{"SUBSCRIBE c"}; !slices.Equal(got, want) {
			t.Errorf("the server has %q; want %q", got, want)
		}
	})
}

// Law G11. A sharded channel that the server gives up, since its slot moves away, is a gap too, and asked for again.
func TestAChannelThatTheServerEndsIsAGap(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		sub := await(t, client.SubscribeWith(redis.SubscribeOptions{Channels: []string{"a"}, Shards: []string{"s"}}))
		c := b.srv.Conn(0)
		b.mu.Lock()
		b.subs[c]["s"] = nil
		b.mu.Unlock()
		_ = c.Send(b.frame(redistest.Bulk("sunsubscribe"), redistest.Bulk("s"), redistest.Int(0)))
		synctest.Wait()
		b.spublish("s", "1")
		if m := next(t, sub); m.Payload != "1" || !m.AfterGap {
			t.Errorf("Next = %+v; want 1 after a gap", m)
		}
		if s := sub.Stats(); s.Gaps != 1 || !s.Live {
			t.Errorf("Stats = %+v; want live after a gap", s)
		}
	})
}

// Law G8. What is there beats a dead context, and a wait that is given up takes no message with it.
func TestAWaitForAMessageThatIsGivenUpTakesNone(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		sub := await(t, client.Subscribe("a"))
		dead, cancel := context.WithCancelCause(context.Background())
		waits := make(chan error)
		for range 3 {
			go func() {
				_, err := sub.Next(dead)
				waits <- err
			}()
		}
		synctest.Wait()
		cancel(errEnough)
		for range 3 {
			if err := <-waits; err != errEnough {
				t.Errorf("Next = %v; want the cause", err)
			}
		}
		b.publish("a", "1")
		b.publish("a", "2")
		synctest.Wait()
		if m, err := sub.Next(dead); err != nil || m.Payload != "1" {
			t.Errorf("Next = %+v, %v; want 1", m, err)
		}
		for m, err := range sub.Messages(dead) {
			if err == nil && m.Payload != "2" || err != nil && err != errEnough {
				t.Errorf("Messages = %+v, %v; want 2, then the cause", m, err)
			}
		}
		// Of many that wait, each message wakes one.
		got := make(chan string, 10)
		for range 4 {
			go func() {
				m, err := sub.Next(context.Background())
				got <- fmt.Sprint(m.Payload, err)
			}()
		}
		synctest.Wait()
		for i := range 3 {
			b.publish("a", strconv.Itoa(i))
		}
		synctest.Wait()
		if len(got) != 3 {
			t.Errorf("%d of 4 waits ended with 3 messages; want 3", len(got))
		}
		_ = sub.Close()
		synctest.Wait()
		if len(got) != 4 {
			t.Error("Close has not ended the last wait")
		}
	})
}
