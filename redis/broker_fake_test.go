package redis_test

import (
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// broker is publish and subscribe for a scripted server, in the shapes of the given protocol.
type broker struct {
	srv      *redistest.Fake
	protocol int

	mu      sync.Mutex
	subs    map[*redistest.Conn]map[string][]string // by kind: "", "p", "s"
	refused map[string]bool                         // topics for which the server has NOPERM
	delay   time.Duration                           // of every confirmation
}

func serveBroker(srv *redistest.Fake, protocol int) *broker {
	b := &broker{srv: srv, protocol: protocol, subs: map[*redistest.Conn]map[string][]string{}, refused: map[string]bool{}}
	for _, kind := range []string{"", "p", "s"} {
		srv.Handle(kind+"SUBSCRIBE", func(c *redistest.Conn, args []string) string { return b.subscribe(c, kind, args[1:]) })
		srv.Handle(kind+"UNSUBSCRIBE", func(c *redistest.Conn, args []string) string { return b.unsubscribe(c, kind, args[1:]) })
	}
	srv.Handle("PING", func(c *redistest.Conn, args []string) string {
		b.mu.Lock()
		defer b.mu.Unlock()
		if protocol == 2 && b.countLocked(c, "") > 0 {
			return redistest.Array(redistest.Bulk("pong"), redistest.Bulk(""))
		}
		return redistest.Simple("PONG")
	})
	return b
}

func (b *broker) countLocked(c *redistest.Conn, kind string) int {
	m := b.subs[c]
	if kind == "s" {
		return len(m["s"])
	}
	return len(m[""]) + len(m["p"])
}

func (b *broker) frame(elements ...string) string {
	if b.protocol == 2 {
		return redistest.Array(elements...)
	}
	return redistest.Push(elements...)
}

func (b *broker) subscribe(c *redistest.Conn, kind string, names []string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.delay > 0 {
		delay := b.delay
		b.mu.Unlock()
		c.Sleep(delay)
		b.mu.Lock()
	}
	for _, name := range names {
		if b.refused[name] {
			return redistest.Error("NOPERM No permissions to access a channel")
		}
	}
	if b.subs[c] == nil {
		b.subs[c] = map[string][]string{}
	}
	var out strings.Builder
	for _, name := range names {
		if !slices.Contains(b.subs[c][kind], name) {
			b.subs[c][kind] = append(b.subs[c][kind], name)
		}
		out.WriteString(b.frame(redistest.Bulk(kind+"subscribe"), redistest.Bulk(name), redistest.Int(int64(b.countLocked(c, kind)))))
	}
	return out.String()
}

func (b *broker) unsubscribe(c *redistest.Conn, kind string, names []string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(names) == 0 {
		names = slices.Clone(b.subs[c][kind])
		if len(names) == 0 {
			null := redistest.Null
			if b.protocol == 2 {
				null = redistest.NullBulk
			}
			return b.frame(redistest.Bulk(kind+"unsubscribe"), null, redistest.Int(int64(b.countLocked(c, kind))))
		}
	}
	var out strings.Builder
	for _, name := range names {
		if b.subs[c] != nil {
			b.subs[c][kind] = slices.DeleteFunc(b.subs[c][kind], func(s string) bool { return s == name })
		}
		out.WriteString(b.frame(redistest.Bulk(kind+"unsubscribe"), redistest.Bulk(name), redistest.Int(int64(b.countLocked(c, kind)))))
	}
	return out.String()
}

// publish sends a message to the subscribers of a channel, and returns how many messages that were.
func (b *broker) publish(channel, payload string) (n int) {
	b.mu.Lock()
	out := map[*redistest.Conn]string{}
	for c, m := range b.subs {
		if slices.Contains(m[""], channel) {
			out[c] += b.frame(redistest.Bulk("message"), redistest.Bulk(channel), redistest.Bulk(payload))
			n++
		}
		for _, pattern := range m["p"] {
			if ok, _ := path.Match(pattern, channel); ok {
				out[c] += b.frame(redistest.Bulk("pmessage"), redistest.Bulk(pattern), redistest.Bulk(channel), redistest.Bulk(payload))
				n++
			}
		}
	}
	b.mu.Unlock()
	for c, raw := range out {
		_ = c.Send(raw)
	}
	return n
}

// spublish is publish for sharded channels.
func (b *broker) spublish(channel, payload string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c, m := range b.subs {
		if slices.Contains(m["s"], channel) {
			_ = c.Send(b.frame(redistest.Bulk("smessage"), redistest.Bulk(channel), redistest.Bulk(payload)))
		}
	}
}

// subscribed lists what the server has of all connections that are open, as "SUBSCRIBE a".
func (b *broker) subscribed() (list []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c, m := range b.subs {
		if c.Closed() {
			continue
		}
		for kind, names := range m {
			for _, name := range names {
				list = append(list, strings.ToUpper(kind)+"SUBSCRIBE "+name)
			}
		}
	}
	slices.Sort(list)
	return list
}

// requests lists what the server was asked for, without PING.
func (b *broker) requests() []string {
	return slices.DeleteFunc(b.srv.Commands(), func(s string) bool { return s == "PING" })
}

// cut closes the subscribed connections.
func (b *broker) cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.subs {
		c.Close()
	}
}

// refuse makes the server refuse a topic.
func (b *broker) refuse(name string) {
	b.mu.Lock()
	b.refused[name] = true
	b.mu.Unlock()
}

// withBroker runs a test in virtual time under both protocols, against a scripted server with publish and subscribe.
func withBroker(t *testing.T, test func(t *testing.T, b *broker, client *redis.Client)) {
	t.Helper()
	overBoth(t, func(t *testing.T, protocol int) {
		bubble(t, func(t *testing.T, srv *redistest.Fake) {
			b := serveBroker(srv, protocol)
			test(t, b, dialFake(t, srv, func(o *redis.Options) { o.Protocol, o.ReconnectJitter = protocol, -1 }))
		})
	})
}

// next takes a message that must come.
func next(t *testing.T, sub *redis.Subscription) redis.Message {
	t.Helper()
	m, err := sub.Next(limit(t))
	if err != nil {
		t.Fatalf("Next = %v, %v; want a message", m, err)
	}
	return m
}
