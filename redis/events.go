package redis

import (
	"fmt"
	"sync"
)

// events runs the callbacks of an Options one after the other, in the order in
// which the events happened, on a goroutine that lives while there are any.
// Nobody waits for it: a callback may block for ever, or call Close.
type events struct {
	mu      sync.Mutex
	queue   []func() // guarded by mu
	running bool     // guarded by mu

	panicked func(err error) // told of a panic in a callback; runs on the same goroutine
}

// post has fn called after all earlier events.
func (e *events) post(fn func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.queue = append(e.queue, fn)
	if !e.running {
		e.running = true
		go e.runLoop()
	}
}

func (e *events) runLoop() {
	over := false
	defer func() {
		if !over { // a callback has ended its goroutine by runtime.Goexit: the others go on
			go e.runLoop()
		}
	}()
	for {
		e.mu.Lock()
		if len(e.queue) == 0 {
			e.running, e.queue = false, nil
			over = true
			e.mu.Unlock()
			return
		}
		fn := e.queue[0]
		e.queue = e.queue[1:]
		e.mu.Unlock()
		e.call(fn)
	}
}

func (e *events) call(fn func()) {
	defer func() {
		if p := recover(); p != nil {
			defer func() { _ = recover() }() // panicked may panic itself: nobody is left to tell
			e.panicked(fmt.Errorf("redis: panic in a callback: %v", p))
		}
	}()
	fn()
}

// connected posts that a connection is ready.
func (c *Client) connected() {
	if fn := c.opts.OnConnect; fn != nil {
		c.events.post(func() { fn(c) })
	}
}

// disconnected posts that an established connection has ended.
func (c *Client) disconnected(reason string) {
	if fn := c.opts.OnDisconnect; fn != nil {
		c.events.post(func() { fn(c, reason) })
	}
}

// failed posts an error that no command can tell.
func (c *Client) failed(err error) {
	if fn := c.opts.OnError; fn != nil {
		c.events.post(func() { fn(c, err) })
	}
}

func (c *Client) reportPanic(err error) {
	if fn := c.opts.OnError; fn != nil {
		fn(c, err)
	}
}
