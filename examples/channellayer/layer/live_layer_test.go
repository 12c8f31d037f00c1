package layer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/futureio/futureio-go/examples/channellayer/layer"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// The contract of a channel layer, on real servers.

var errEnough = errors.New("enough")

// process is a Layer with a client of its own, as another process has it.
func process(t *testing.T, srv *redistest.Server, opts layer.Options) (*layer.Layer, *redis.Client) {
	t.Helper()
	client := redis.New(redis.Options{Addr: srv.Addr})
	t.Cleanup(func() { _ = client.Close() })
	l, err := layer.New(soon(t), client, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l, client
}

// soon ends a wait that would be for ever.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func receive(t *testing.T, l *layer.Layer, channel string) string {
	t.Helper()
	m, err := l.Receive(soon(t), channel)
	if err != nil {
		t.Fatalf("Receive(%s) = %v; want a message", channel, err)
	}
	return string(m)
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// each runs a test on every server there is, with its database empty.
func each(t *testing.T, test func(t *testing.T, srv *redistest.Server)) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		redistest.NoLeaks(t)
		srv.Do("FLUSHALL")
		test(t, srv)
	})
}

func TestAMessageIsReceivedOnceInAnyProcess(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		one, _ := process(t, srv, layer.Options{})
		two, _ := process(t, srv, layer.Options{})
		ctx := soon(t)
		ok(t, one.Send(ctx, "jobs", []byte("before")))
		if got := receive(t, two, "jobs"); got != "before" {
			t.Errorf("Receive = %q; want what was sent before", got)
		}
		got := make(chan string, 1)
		go func() { got <- receive(t, two, "jobs") }()
		ok(t, one.Send(ctx, "jobs", []byte("\x00\r\n\xff")))
		if m := <-got; m != "\x00\r\n\xff" {
			t.Errorf("Receive = %q; want the bytes", m)
		}
		mine := two.NewChannel("mine")
		go func() { got <- receive(t, two, mine) }()
		ok(t, one.Send(ctx, mine, nil))
		if m := <-got; m != "" {
			t.Errorf("Receive = %q; want an empty message", m)
		}
		for i := range 50 {
			ok(t, one.Send(ctx, "jobs", []byte(strconv.Itoa(i))))
		}
		for i := range 50 {
			if m := receive(t, two, "jobs"); m != strconv.Itoa(i) {
				t.Fatalf("message %d = %q", i, m)
			}
		}
	})
}

func TestOfTwoWhoWaitExactlyOneGetsAMessage(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		one, _ := process(t, srv, layer.Options{})
		two, _ := process(t, srv, layer.Options{})
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		var mu sync.Mutex
		got := map[string]int{}
		var work sync.WaitGroup
		for _, l := range []*layer.Layer{one, one, two, two} {
			work.Go(func() {
				for {
					m, err := l.Receive(ctx, "shared")
					if err != nil {
						if err != errEnough {
							t.Errorf("Receive = %v; want a message or the cause", err)
						}
						return
					}
					mu.Lock()
					got[string(m)]++
					n := len(got)
					mu.Unlock()
					if n == 500 {
						cancel(errEnough)
					}
				}
			})
		}
		for i := range 500 {
			for one.Send(context.Background(), "shared", []byte(strconv.Itoa(i))) == layer.ErrChannelFull {
				continue
			}
		}
		work.Wait()
		for m, n := range got {
			if n != 1 {
				t.Errorf("message %s was received %d times", m, n)
			}
		}
	})
}

func TestAReceiveThatIsGivenUpEatsNoMessage(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		l, _ := process(t, srv, layer.Options{})
		got, sent := 0, 0
		for i := range 300 {
			ctx, cancel := context.WithCancelCause(context.Background())
			done := make(chan error, 1)
			go func() {
				_, err := l.Receive(ctx, "c")
				done <- err
			}()
			ok(t, l.Send(soon(t), "c", []byte(strconv.Itoa(i))))
			sent++
			cancel(errEnough)
			switch err := <-done; err {
			case nil:
				got++
			case errEnough:
				if m := receive(t, l, "c"); m != strconv.Itoa(i) { // it is there for the next one
					t.Fatalf("Receive = %q; want %d", m, i)
				}
				got++
			default:
				t.Fatal(err)
			}
		}
		if got != sent {
			t.Errorf("%d of %d messages were received", got, sent)
		}
		dead, cancel := context.WithCancelCause(context.Background())
		cancel(errEnough)
		ok(t, l.Send(soon(t), "c", []byte("x")))
		if _, err := l.Receive(dead, "c"); err != errEnough {
			t.Errorf("Receive = %v; want the cause", err)
		}
		if m := receive(t, l, "c"); m != "x" {
			t.Errorf("Receive = %q; want x", m)
		}
	})
}

func TestAChannelHasACapacity(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		l, _ := process(t, srv, layer.Options{
			Capacity: 3, Expiry: time.Second, MaxMessage: 10,
			Capacities: []layer.Capacity{{Pattern: "big.*", Messages: 5}, {Pattern: "b*", Messages: 1}},
		})
		ctx := soon(t)
		for channel, room := range map[string]int{"plain": 3, "big.one": 5, "bad": 1} {
			for i := range room {
				if err := l.Send(ctx, channel, []byte("x")); err != nil {
					t.Fatalf("message %d to %s: %v; want room for %d", i, channel, err, room)
				}
			}
			if err := l.Send(ctx, channel, []byte("x")); !errors.Is(err, layer.ErrChannelFull) {
				t.Errorf("Send to %s = %v; want ErrChannelFull", channel, err)
			}
		}
		if err := l.Send(ctx, "plain", make([]byte, 11)); !errors.Is(err, layer.ErrTooLarge) {
			t.Errorf("Send = %v; want ErrTooLarge", err)
		}
		for _, name := range []string{"", "a b", "a*", "a\n", strings.Repeat("x", 201), "é"} {
			if err := l.Send(ctx, name, nil); err == nil {
				t.Errorf("Send to %q succeeds; want an error", name)
			}
		}
		// What has expired makes room.
		for l.Send(ctx, "plain", []byte("new")) != nil {
			continue
		}
		left := 0
		for receive(t, l, "plain") != "new" {
			left++
		}
		if left > 2 {
			t.Errorf("%d messages came before the new one; want 2 at most, the oldest having made room", left)
		}
		// And it is not received, though what has come after it keeps the list alive.
		pass := func(d time.Duration) {
			short, cancel := context.WithTimeoutCause(ctx, d, errEnough)
			defer cancel()
			if m, err := l.Receive(short, "nothing"); err != errEnough {
				t.Errorf("Receive = %q, %v; want nothing", m, err)
			}
		}
		ok(t, l.Send(ctx, "later", []byte("old")))
		pass(600 * time.Millisecond)
		ok(t, l.Send(ctx, "later", []byte("fresh")))
		pass(450 * time.Millisecond)
		if m := receive(t, l, "later"); m != "fresh" {
			t.Errorf("Receive = %q; want fresh", m)
		}
	})
}

func TestAGroupGetsEveryMessage(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		one, _ := process(t, srv, layer.Options{Capacities: []layer.Capacity{{Pattern: "full", Messages: 1}}})
		two, _ := process(t, srv, layer.Options{})
		ctx := soon(t)
		if d, err := one.GroupSend(ctx, "nobody", []byte("x")); err != nil || d.Sent != 0 {
			t.Errorf("GroupSend to nobody = %+v, %v; want none sent", d, err)
		}
		var channels []string
		for i := range 1200 { // three runs of the script
			channel := two.NewChannel("member")
			if i == 700 {
				channel = "full"
				ok(t, one.Send(ctx, channel, []byte("in the way")))
			}
			channels = append(channels, channel)
			ok(t, one.GroupAdd(ctx, "g", channel))
		}
		ok(t, one.GroupAdd(ctx, "g", channels[0])) // again: it is a set
		for i := range 3 {
			d, err := one.GroupSend(ctx, "g", []byte(strconv.Itoa(i)))
			if err != nil || d.Sent != 1199 || !slices.Equal(d.Full, []string{"full"}) {
				t.Fatalf("GroupSend = %+v, %v; want 1199, and one full", d, err)
			}
		}
		ok(t, one.GroupDiscard(ctx, "g", channels[1]))
		d, err := one.GroupSend(ctx, "g", []byte("3"))
		if err != nil || d.Sent != 1198 {
			t.Fatalf("GroupSend = %+v, %v; want 1198", d, err)
		}
		for at, channel := range channels {
			for i := range 4 {
				if channel == "full" || at == 1 && i == 3 {
					continue
				}
				if m := receive(t, two, channel); m != strconv.Itoa(i) {
					t.Fatalf("channel %d: message %d = %q", at, i, m)
				}
			}
		}
	})
}

func TestMembershipExpires(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		l, _ := process(t, srv, layer.Options{GroupExpiry: 300 * time.Millisecond})
		ctx := soon(t)
		ok(t, l.GroupAdd(ctx, "g", "old"))
		list := []string{"old"}
		for len(list) > 0 {
			ok(t, l.GroupAdd(ctx, "g", "fresh"))
			var err error
			list, err = l.GroupChannels(ctx, "g")
			ok(t, err)
			list = slices.DeleteFunc(list, func(c string) bool { return c == "fresh" })
		}
		if d, err := l.GroupSend(ctx, "g", []byte("x")); err != nil || d.Sent != 1 {
			t.Errorf("GroupSend = %+v, %v; want the fresh one", d, err)
		}
	})
}

func TestWhoIsPresentIsKnownUntilItsProcessIsGone(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		opts := layer.Options{PresenceExpiry: 600 * time.Millisecond}
		one, _ := process(t, srv, opts)
		two, _ := process(t, srv, opts)
		ctx := soon(t)
		ok(t, one.Enter(ctx, "room", "a", "Ada"))
		ok(t, two.Enter(ctx, "room", "b", "Bob"))
		ok(t, two.Enter(ctx, "room", "c", "Cy"))
		ok(t, two.Leave(ctx, "room", "c"))
		want := []layer.Present{{Channel: "a", Info: "Ada"}, {Channel: "b", Info: "Bob"}}
		got, err := one.Present(ctx, "room")
		slices.SortFunc(got, func(a, b layer.Present) int { return strings.Compare(a.Channel, b.Channel) })
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("Present = %v, %v; want %v", got, err, want)
		}
		two.Close()
		for len(got) != 1 {
			got, err = one.Present(ctx, "room")
			ok(t, err)
		}
		if got[0].Channel != "a" {
			t.Errorf("Present = %v; want a, which is kept alive", got)
		}
	})
}

func TestAGroupHasAHistory(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		l, _ := process(t, srv, layer.Options{History: 1000})
		ctx := soon(t)
		for i := range 20 {
			_, err := l.GroupSend(ctx, "room", []byte(strconv.Itoa(i)))
			ok(t, err)
		}
		last, err := l.History(ctx, "room", 5)
		ok(t, err)
		if len(last) != 5 || string(last[0].Message) != "15" || string(last[4].Message) != "19" {
			t.Errorf("History = %v; want 15 to 19", last)
		}
		missed, err := l.HistoryAfter(ctx, "room", last[1].ID, 100)
		ok(t, err)
		if len(missed) != 3 || string(missed[0].Message) != "17" {
			t.Errorf("HistoryAfter = %v; want 17 to 19", missed)
		}
	})
}

func TestADelayedMessageComesLaterAndOnce(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		one, _ := process(t, srv, layer.Options{})
		two, _ := process(t, srv, layer.Options{})
		ctx := soon(t)
		start := time.Now()
		ok(t, one.SendAfter(ctx, "c", []byte("second"), 300*time.Millisecond))
		ok(t, one.SendAfter(ctx, "c", []byte("first"), 0))
		ok(t, one.SendAfter(ctx, "c", []byte("third"), 1200*time.Millisecond))
		if m := receive(t, two, "c"); m != "first" {
			t.Errorf("Receive = %q; want first", m)
		}
		if m, took := receive(t, two, "c"), time.Since(start); m != "second" || took < 300*time.Millisecond {
			t.Errorf("Receive = %q after %v; want second after 300ms", m, took)
		}
		one.Close() // another process sends it
		if m, took := receive(t, two, "c"), time.Since(start); m != "third" || took < 1200*time.Millisecond {
			t.Errorf("Receive = %q after %v; want third after 1.2s", m, took)
		}
		nothing, cancel := context.WithTimeoutCause(ctx, 100*time.Millisecond, errEnough)
		defer cancel()
		if m, err := two.Receive(nothing, "c"); err != errEnough {
			t.Errorf("Receive = %q, %v; want nothing more", m, err)
		}
	})
}

func TestAFeedLooksOnAtGroups(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		l, _ := process(t, srv, layer.Options{})
		ctx := soon(t)
		feed, err := l.Feed(ctx, "room:*")
		ok(t, err)
		for _, group := range []string{"room:1", "hall", "room:2"} {
			_, err := l.GroupSend(ctx, group, []byte("to "+group))
			ok(t, err)
		}
		for _, group := range []string{"room:1", "room:2"} {
			m, err := feed.Next(ctx)
			if err != nil || m.Group != group || string(m.Message) != "to "+group || m.Missed {
				t.Errorf("Next = %+v, %v; want that of %s", m, err, group)
			}
		}
		feed.Close()
	})
}

// Every wake-up is lost while the connection is away, and no message.
func TestNothingIsLostWhenConnectionsAreKilled(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		sender, _ := process(t, srv, layer.Options{})
		l, client := process(t, srv, layer.Options{Capacity: 10_000})
		const n = 20
		channels := make([]string, n)
		for i := range channels {
			channels[i] = l.NewChannel(fmt.Sprint("c", i))
		}
		var work sync.WaitGroup
		for _, channel := range channels {
			work.Go(func() {
				for i := range 40 {
					if m := receive(t, l, channel); m != strconv.Itoa(i) {
						t.Errorf("%s: message %d = %q", channel, i, m)
						return
					}
				}
			})
		}
		for i := range 40 {
			if i%10 == 5 {
				srv.Do("CLIENT", "KILL", "TYPE", "pubsub")
			}
			for _, channel := range channels {
				ok(t, sender.Send(soon(t), channel, []byte(strconv.Itoa(i))))
			}
		}
		work.Wait()
		if client.Stats().Disconnects != 0 {
			t.Errorf("Stats = %+v; want only subscribers to be killed", client.Stats())
		}
	})
}

func TestACloseEndsEveryReceive(t *testing.T) {
	each(t, func(t *testing.T, srv *redistest.Server) {
		l, _ := process(t, srv, layer.Options{})
		ended := make(chan error, 10)
		for range 10 {
			go func() {
				_, err := l.Receive(context.Background(), "c")
				ended <- err
			}()
		}
		l.Close()
		for range 10 {
			if err := <-ended; !errors.Is(err, layer.ErrClosed) {
				t.Errorf("Receive = %v; want ErrClosed", err)
			}
		}
		if _, err := l.Receive(soon(t), "c"); !errors.Is(err, layer.ErrClosed) {
			t.Errorf("Receive = %v; want ErrClosed", err)
		}
	})
}
