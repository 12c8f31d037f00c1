package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// stream is one tab of a browser: what happens in its room, as server-sent events.
type stream struct {
	chat       *chat
	room, name string
	channel    string
	gaps       chan redis.Gap // capacity 1

	out  http.ResponseWriter
	seen map[string]bool // IDs of messages that the tab has
}

// events is the life of a stream.
func (c *chat) events(w http.ResponseWriter, r *http.Request) {
	room, name, ok := who(r)
	if !ok {
		http.Error(w, "room and name are needed", http.StatusBadRequest)
		return
	}
	s := &stream{
		chat: c, room: room, name: name, channel: c.layer.NewChannel("tab"),
		gaps: make(chan redis.Gap, 1), out: w, seen: map[string]bool{},
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	c.mu.Lock()
	c.streams[s] = struct{}{}
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.streams, s)
		c.mu.Unlock()
	}()
	s.run(r.Context())
}

func (s *stream) run(ctx context.Context) {
	// In the group before the history is read: what is said in between comes twice, and is shown once.
	if err := s.join(ctx); err != nil {
		return // the browser tries again
	}
	defer s.leave()
	if _, err := s.catchUp(ctx); err != nil {
		return
	}
	if s.chat.tell(ctx, s.room, event{Kind: "join", Name: s.name}) != nil {
		return
	}
	received := make(chan []byte)
	go s.receive(ctx, received)
	alive := time.NewTicker(15 * time.Second)
	defer alive.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case raw := <-received:
			err = s.show(ctx, raw)
		case g := <-s.gaps:
			err = s.recover(ctx, g)
		case <-alive.C:
			_, err = fmt.Fprint(s.out, ": still here\n\n")
		}
		if err != nil {
			return
		}
		if http.NewResponseController(s.out).Flush() != nil {
			return
		}
	}
}

// join makes the tab one of the room.
func (s *stream) join(ctx context.Context) error {
	if err := s.chat.layer.GroupAdd(ctx, s.room, s.channel); err != nil {
		return err
	}
	return s.chat.layer.Enter(ctx, s.room, s.channel, s.name)
}

// leave takes the tab out of the room. Its own context has ended by now.
func (s *stream) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = s.chat.layer.GroupDiscard(ctx, s.room, s.channel) // it expires by itself, too
	_ = s.chat.layer.Leave(ctx, s.room, s.channel)
	_ = s.chat.tell(ctx, s.room, event{Kind: "leave", Name: s.name})
}

// receive brings what the tab's channel gets, until ctx ends.
func (s *stream) receive(ctx context.Context, to chan<- []byte) {
	for ctx.Err() == nil {
		raw, err := s.chat.layer.Receive(ctx, s.channel)
		if err != nil {
			// The connection is away, or a message is lost: recover looks for it.
			select {
			case <-time.After(100 * time.Millisecond):
			case <-ctx.Done():
			}
			continue
		}
		select {
		case to <- raw:
		case <-ctx.Done():
			return
		}
	}
}

// recover is what a tab does after a gap. The server may have been started anew, and know nothing of the room.
func (s *stream) recover(ctx context.Context, g redis.Gap) error {
	if err := s.join(ctx); err != nil {
		return err
	}
	n, err := s.catchUp(ctx)
	if err != nil {
		return err
	}
	if err := s.write(event{Kind: "gap", Away: g.To.Sub(g.From).Seconds(), Fetched: n}); err != nil {
		return err
	}
	// Those who were back before this one have not seen it come.
	if err := s.chat.tell(ctx, s.room, event{Kind: "back", Name: s.name}); err != nil {
		return err
	}
	return s.writePresent(ctx)
}

// catchUp shows what the room remembers and the tab has not, and tells how much that was.
func (s *stream) catchUp(ctx context.Context) (n int, err error) {
	list, err := s.chat.layer.History(ctx, s.room, kept)
	if err != nil {
		return 0, err
	}
	for _, e := range list {
		var known event
		if json.Unmarshal(e.Message, &known) == nil && known.Kind == "say" && !s.seen[known.ID] {
			n++
			if err := s.show(ctx, e.Message); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// show shows an event of the room.
func (s *stream) show(ctx context.Context, raw []byte) error {
	var e event
	if err := json.Unmarshal(raw, &e); err != nil || s.seen[e.ID] {
		return nil
	}
	s.seen[e.ID] = true
	if err := s.write(e); err != nil {
		return err
	}
	if e.Kind == "say" {
		return nil
	}
	return s.writePresent(ctx)
}

// writePresent tells the tab who is in the room.
func (s *stream) writePresent(ctx context.Context) error {
	list, err := s.chat.layer.Present(ctx, s.room)
	if err != nil {
		return nil // the next one who comes or goes brings another list
	}
	e := event{Kind: "present"}
	for _, p := range list {
		e.Names = append(e.Names, p.Info)
	}
	return s.write(e)
}

func (s *stream) write(e event) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "data: %s\n\n", raw)
	return err
}
