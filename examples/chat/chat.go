package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/futureio/futureio-go/examples/channellayer/layer"
	"github.com/futureio/futureio-go/redis"
)

// kept is how much of a room is kept for those who come later.
const kept = 200

// The limits of what browsers send.
const (
	maxName = 40
	maxText = 2000
)

// patience is how long a call of a browser waits for the server of the rooms.
const patience = 5 * time.Second

//go:embed page.html
var page []byte

// event is what a browser is told.
type event struct {
	Kind string `json:"kind"` // say, join, leave, back, present, gap
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	Text string `json:"text,omitempty"`
	At   int64  `json:"at,omitempty"` // ms since 1970

	Names []string `json:"names,omitempty"` // of present

	Away    float64 `json:"away,omitempty"`    // of gap: seconds
	Fetched int     `json:"fetched,omitempty"` // of gap: messages that were missed and are here now
}

// chat is the server.
type chat struct {
	layer *layer.Layer

	mu      sync.Mutex
	streams map[*stream]struct{}
}

func newChat(ctx context.Context, client *redis.Client) (*chat, error) {
	c := &chat{streams: map[*stream]struct{}{}}
	var err error
	c.layer, err = layer.New(ctx, client, layer.Options{
		Prefix: "chat", History: kept, OnGap: c.wasAway,
		// A tab that has gone to sleep must not hold up others, and finds what it has missed in the history.
		Capacities: []layer.Capacity{{Pattern: "tab.*", Messages: 500}},
	})
	return c, err
}

func (c *chat) close() { c.layer.Close() }

func (c *chat) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	})
	mux.HandleFunc("GET /events", c.events)
	mux.HandleFunc("POST /say", c.say)
	return mux
}

// wasAway tells every stream that the connection was lost.
func (c *chat) wasAway(g redis.Gap) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for s := range c.streams {
		select {
		case s.gaps <- g:
		default: // it has not come to the last one yet, and looks at everything then
		}
	}
}

// who reads the room and the name of a request.
func who(r *http.Request) (room, name string, ok bool) {
	room, name = r.FormValue("room"), r.FormValue("name")
	return "room:" + room, name, room != "" && name != "" && len(room) <= maxName && len(name) <= maxName
}

// say sends a message to a room.
func (c *chat) say(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4*maxText)
	room, name, ok := who(r)
	text := r.FormValue("text")
	if !ok || text == "" || len(text) > maxText {
		http.Error(w, "room, name and text are needed, and not longer than they may be", http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	if err := c.tell(ctx, room, event{Kind: "say", Name: name, Text: text}); err != nil {
		// The outcome tells whether to say it again could say it twice.
		message := "It may have been sent."
		if redis.SafeToRetry(err) {
			message = "It was not sent."
		}
		http.Error(w, message, http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// tell sends an event to all of a room.
func (c *chat) tell(ctx context.Context, room string, e event) error {
	e.ID, e.At = rand.Text(), time.Now().UnixMilli()
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = c.layer.GroupSend(ctx, room, raw)
	return err
}
