package redis

import (
	"strings"
	"sync"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
	"github.com/futureio/futureio-go/redis/subscription"
)

// listener connects a hub, which knows what is to be subscribed to, with the engine that has the connection. It is the ear of
// that engine, and the link of that hub.
//
//	hub --Send--> asked --urge--> queue, as commands --> server
//	 ^              |
//	 +--Confirmed---+-- hear <-- reader
//
// The reply to SUBSCRIBE is a confirmation for each name, or one error. The command stays at the head of the FIFO until the last
// of them has come; the count in that one is delivered as its reply.
//
// Locks: turn before the hub's before mu before the queue's.
type listener struct {
	client    *Client // the engine
	told      *Client // whose callbacks and Observer are told
	hub       *subscription.Hub
	exclusive bool   // the connection is for subscriptions and nothing else
	idle      func() // the last subscription has ended; nil: nothing to do

	turn sync.Mutex // held while the hub is told of up and down, so that they come in order

	mu    sync.Mutex
	asked map[*commands.Cmd]*question // guarded by mu: what is under way on the present connection
	gen   *generation                 // guarded by mu: that was told by up
}

// question is a request of the hub's that is under way.
type question struct {
	request subscription.Request
	next    int // the first name that is not confirmed
}

// listen makes an engine one that can be subscribed. It belongs before its first connection.
func (c *Client) listen(exclusive bool) *listener {
	l := &listener{client: c, told: c, exclusive: exclusive, asked: map[*commands.Cmd]*question{}}
	l.hub = subscription.NewHub(l, c.opts.ReadTimeout)
	c.queue.ear, c.queue.deliver = l, l.deliver
	return l
}

// Send sends what the hub wants.
func (l *listener) Send(requests []subscription.Request) bool {
	made := make([]*commands.Cmd, 0, len(requests))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gen == nil {
		return false
	}
	to := doer(func(cmd *commands.Cmd) { made = append(made, cmd) })
	for i := range requests {
		words := make([]any, 0, 1+len(requests[i].Names))
		words = append(words, requests[i].Command())
		for _, name := range requests[i].Names {
			words = append(words, name)
		}
		commands.Do[int64](to, words...)
		l.asked[made[i]] = &question{request: requests[i]}
	}
	if l.client.queue.urge(made...) {
		return true
	}
	for _, cmd := range made {
		delete(l.asked, cmd)
		cmd.Release()
	}
	return false
}

// Dial has a connection made. Where the client has given up, it begins anew: there is nobody else who could call Connect.
func (l *listener) Dial() {
	k := l.client.keeper
	if l.exclusive && l.client.queue.refusing() {
		k.connect()
		return
	}
	k.whenConnected(func(err error) {
		if err != nil {
			l.over(err)
		}
	})
}

// Holding tells the watchdog that the reader does not read.
func (l *listener) Holding(on bool) {
	l.mu.Lock()
	g := l.gen
	l.mu.Unlock()
	if g != nil {
		g.holding.Store(on)
	}
}

// Post calls fn among the callbacks of the client.
func (l *listener) Post(fn func()) { l.told.events.calls.post(fn) }

// Report passes an error to OnError.
func (l *listener) Report(err error) { l.told.failed(err) }

// Gap tells the Observer of a gap.
func (l *listener) Gap(g subscription.Gap) { l.told.gap(g.From, g.To.Sub(g.From), g.Err) }

// Idle tells that nobody is subscribed any more.
func (l *listener) Idle() {
	if l.idle != nil {
		l.idle()
	}
}

func (l *listener) up(g *generation) {
	l.turn.Lock()
	defer l.turn.Unlock()
	if g.gone {
		return // it has ended already, and that was told
	}
	l.mu.Lock()
	l.gen = g
	l.mu.Unlock()
	l.hub.Up()
}

func (l *listener) down(g *generation) {
	l.turn.Lock()
	defer l.turn.Unlock()
	g.gone = true
	l.mu.Lock()
	l.gen = nil
	under := l.asked
	l.asked = map[*commands.Cmd]*question{}
	l.mu.Unlock()
	// Those that have not been sent are in the backlog, and would go out on the next connection, beside what the hub is
	// going to ask for there.
	for cmd := range under {
		cmd.Cancel(g.cause)
	}
	l.hub.Down(g.cause)
}

func (l *listener) over(err error) { l.hub.Over(err) }

func (l *listener) close() { l.hub.Close() }

func (l *listener) rest() { l.hub.Flush() }

func (l *listener) subscribed() bool { return l.hub.Busy() }

// hear handles a push, or an array that may be what a push is in RESP2.
func (l *listener) hear(g *generation, t proto.Type) (mine bool, err error) {
	if t != proto.Push && !l.exclusive && !l.hears(g.head()) {
		return false, nil
	}
	heard, err := l.hub.Hear(g.reader)
	if err != nil {
		return true, err
	}
	switch heard.What {
	case subscription.Subscribed, subscription.Unsubscribed:
		return true, l.confirmed(g, heard)
	case subscription.Pong:
		return true, l.pong(g)
	case subscription.Other:
		if t != proto.Push {
			return true, &errors.ProtocolError{Reason: "a reply that no command waits for"}
		}
	}
	return true, nil
}

// hears tells whether an array is none of a command's, by the command whose reply is due. While the server has a
// subscription under RESP2, no others are on their way.
func (l *listener) hears(head *commands.Cmd) bool {
	return head == nil || head.Name() == "PING" || l.question(head) != nil
}

// question is what a command has asked for the hub, nil if nothing.
func (l *listener) question(cmd *commands.Cmd) *question {
	if cmd == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked[cmd]
}

// confirmed handles a confirmation, of which the count is still to be read.
func (l *listener) confirmed(g *generation, heard subscription.Heard) error {
	cmd := g.head()
	q := l.question(cmd)
	leave := heard.What == subscription.Unsubscribed
	if q == nil || q.request.Kind != heard.Kind || q.request.Leave != leave || !q.expects(heard) {
		if err := g.reader.Finish(); err != nil {
			return err
		}
		if !leave {
			return &errors.ProtocolError{Reason: "a subscription is confirmed that was not asked for"}
		}
		l.hub.Confirmed(heard.Kind, true, heard.Name)
		return nil
	}
	q.next++
	if q.next < len(q.request.Names) {
		if err := g.reader.Finish(); err != nil {
			return err
		}
	} else {
		l.forget(cmd)
		if err := cmd.Deliver(proto.Integer, g.reader, &g.wake); err != nil {
			return err
		}
		g.answered++
	}
	if !heard.Unnamed {
		l.hub.Confirmed(heard.Kind, leave, heard.Name)
	}
	return nil
}

// expects tells whether a confirmation is the next one of a request. Servers confirm names in the order of the request; to one
// that unsubscribes from nothing in particular they say that there was nothing.
func (q *question) expects(heard subscription.Heard) bool {
	if len(q.request.Names) == 0 {
		return heard.Unnamed
	}
	return !heard.Unnamed && q.next < len(q.request.Names) && q.request.Names[q.next] == heard.Name
}

func (l *listener) forget(cmd *commands.Cmd) {
	l.mu.Lock()
	delete(l.asked, cmd)
	l.mu.Unlock()
}

// pong delivers the reply to a PING in the shape that it has everywhere else.
func (l *listener) pong(g *generation) error {
	cmd := g.head()
	if cmd == nil || cmd.Name() != "PING" {
		return &errors.ProtocolError{Reason: "a reply to PING that nobody waits for"}
	}
	text, err := g.reader.String()
	if err != nil {
		return err
	}
	if text == "" {
		text = "PONG"
	}
	if err := g.reader.Finish(); err != nil {
		return err
	}
	plain := proto.NewReader(strings.NewReader(string(proto.AppendBulk(nil, text))), proto.Limits{})
	if _, err := plain.Next(); err != nil {
		return err
	}
	g.answered++
	return cmd.Deliver(proto.BulkString, plain, &g.wake)
}

// deliver is Cmd.Deliver for this connection: it tells the hub when a request is refused.
func (l *listener) deliver(cmd *commands.Cmd, t proto.Type, r *proto.Reader, wake *future.Batch) error {
	q := l.question(cmd)
	if q == nil {
		return cmd.Deliver(t, r, wake)
	}
	if !t.IsError() {
		return &errors.ProtocolError{Command: cmd.Name(), Reason: "a reply that is no confirmation"}
	}
	refusal, err := cmd.ReadError(r)
	if err != nil {
		return err
	}
	l.forget(cmd)
	cmd.Fail(refusal)
	rest := q.request
	rest.Names = rest.Names[q.next:]
	l.hub.Refused(rest, refusal)
	return nil
}
