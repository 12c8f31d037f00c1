package subscription

import (
	"github.com/futureio/futureio-go/redis/proto"
)

// What is what a frame was that is not a reply.
type What uint8

const (
	// Other: nothing of a Hub's. The frame was skipped.
	Other What = iota
	// Delivered: a message, which was delivered.
	Delivered
	// Subscribed: a confirmation. What is left of the frame is the count of subscriptions.
	Subscribed
	// Unsubscribed: the same of the opposite.
	Unsubscribed
	// Pong: the reply to PING on a connection that is subscribed under RESP2. What is left of the frame is its text.
	Pong
)

// Heard is a frame that a Hub has looked at.
type Heard struct {
	What    What
	Kind    Kind
	Name    string // of a confirmation
	Unnamed bool   // a confirmation without a name: there was nothing to unsubscribe from
}

// words are the first elements of the frames of publish and subscribe.
var words = map[string]Heard{
	"message":      {What: Delivered, Kind: KindChannel},
	"pmessage":     {What: Delivered, Kind: KindPattern},
	"smessage":     {What: Delivered, Kind: KindShard},
	"subscribe":    {What: Subscribed, Kind: KindChannel},
	"psubscribe":   {What: Subscribed, Kind: KindPattern},
	"ssubscribe":   {What: Subscribed, Kind: KindShard},
	"unsubscribe":  {What: Unsubscribed, Kind: KindChannel},
	"punsubscribe": {What: Unsubscribed, Kind: KindPattern},
	"sunsubscribe": {What: Unsubscribed, Kind: KindShard},
	"pong":         {What: Pong},
}

// Hear reads a frame that begins with a push or an array, delivers it if it is a message, and tells what it was. It is for the
// goroutine that reads the connection, which must call Flush before it reads more bytes. The error is of the stream.
func (h *Hub) Hear(r *proto.Reader) (Heard, error) {
	if _, ok, err := r.ArrayLen(); err != nil || !ok || !r.More() {
		return h.skip(r)
	}
	word, ok, err := r.Bytes()
	if err != nil || !ok {
		return h.skip(r)
	}
	if len(word) == 7 && string(word) == "message" { // spares the look into the map
		return h.hearMessage(r, KindChannel)
	}
	heard := words[string(word)]
	switch heard.What {
	case Delivered:
		return h.hearMessage(r, heard.Kind)
	case Subscribed, Unsubscribed:
		name, ok, err := r.OptString()
		if err != nil || !r.More() {
			return h.skip(r)
		}
		heard.Name, heard.Unnamed = name, !ok
		return heard, nil
	case Pong:
		if r.More() {
			return heard, nil
		}
	}
	return h.skip(r)
}

// skip goes past a frame of another shape.
func (h *Hub) skip(r *proto.Reader) (Heard, error) { return Heard{}, r.Finish() }

func (h *Hub) hearMessage(r *proto.Reader, kind Kind) (Heard, error) {
	name, ok, err := r.Bytes()
	if err != nil || !ok {
		return h.skip(r)
	}
	t := h.find(kind, name)
	m := Message{Kind: kind}
	if kind == KindPattern {
		channel, ok, err := r.Bytes()
		if err != nil || !ok {
			return h.skip(r)
		}
		if t != nil && t.channel != string(channel) {
			t.channel = string(channel) // one copy for as long as they come from the same
		}
		if t != nil {
			m.Channel, m.Pattern = t.channel, t.Name
		}
	} else if t != nil {
		m.Channel = t.Name
	}
	payload, ok, err := r.OptString()
	if r.Err() != nil {
		return Heard{}, r.Err()
	}
	m.Payload = payload
	if t != nil {
		h.deliver(t, &m, err == nil && ok)
	}
	return Heard{What: Delivered}, r.Finish()
}

// find returns the topic of a message, nil if nobody has subscribed to it. It does not keep name, which is a view of the read
// buffer.
func (h *Hub) find(kind Kind, name []byte) *topic {
	if t := h.last; t != nil && t.Kind == kind && t.Name == string(name) {
		return t
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.topics[kind][string(name)]; t != nil {
		h.last = t
		return t
	}
	return nil
}

// deliver puts a message into the buffers of all who want it. One that is not readable, such as the array that a server
// publishes for client tracking under RESP2, is counted as lost.
func (h *Hub) deliver(t *topic, m *Message, readable bool) {
	h.mu.Lock()
	if t.gone {
		// It was found by h.last, and has been made anew meanwhile, or not.
		if t = h.topics[t.Kind][t.Name]; t == nil {
			h.last = nil
			h.mu.Unlock()
			return
		}
		h.last = t
	}
	var blocked, overflown []*Subscription
	for _, s := range t.subs {
		if !readable {
			s.buf.miss()
			continue
		}
		switch s.buf.put(m) {
		case storedTo:
			h.dirty = append(h.dirty, s)
		case full:
			blocked = append(blocked, s)
		case overflew:
			overflown = append(overflown, s)
		}
	}
	for _, s := range overflown {
		messages, bytes := s.buf.size()
		h.endLocked(s, &OverflowError{Messages: messages, Bytes: bytes}, false)
	}
	h.unlock()
	for _, s := range blocked {
		h.putWaiting(s, m)
	}
}

// putWaiting puts a message into a buffer that is full, when there is room. Nobody else is on this connection.
func (h *Hub) putWaiting(s *Subscription, m *Message) {
	h.Flush()
	h.link.Holding(true)
	defer h.link.Holding(false)
	for {
		s.buf.waitForRoom()
		switch s.buf.put(m) {
		case storedTo:
			h.dirty = append(h.dirty, s)
			return
		case stored:
			return
		}
	}
}

// Flush wakes those whose messages have come. It is for the goroutine that reads, before it reads more bytes.
func (h *Hub) Flush() {
	for i, s := range h.dirty {
		s.buf.wake()
		h.dirty[i] = nil
	}
	h.dirty = h.dirty[:0]
}
