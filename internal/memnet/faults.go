package memnet

// AfterWrite sets a function that every Write of this end calls after its bytes became readable for the peer and before it
// returns, with the number of bytes accepted (0 and a short count included). It holds no lock and may block: a hook that
// sleeps lets the peer answer before the writer goes on. nil removes it.
func (c *Conn) AfterWrite(hook func(n int)) {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	c.afterWrite = hook
}

// FailWriteAfter lets this end write n more bytes; the Write that would go beyond them accepts the part that fits and fails
// with err, and so does every later one. The connection stays open. A nil err disarms it.
func (c *Conn) FailWriteAfter(n int, err error) {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	c.failing, c.failBudget, c.failErr = err != nil, max(n, 0), err
	c.pair.changed.Broadcast()
}

// Hold keeps everything that this end sends from arriving: bytes already buffered, later bytes, its close and its reset.
// This end notices nothing until the buffer is full. Hold on one end stalls one direction; on both, the link is a black hole.
func (c *Conn) Hold() {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	c.out.held = true
}

// Release ends Hold: what was held arrives at once, in order.
func (c *Conn) Release() {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	c.out.held = false
	if c.peer.closed && c.out.unread() > 0 {
		// The bytes arrive at an end that closed meanwhile, which answers them with a reset.
		c.out.drop()
		c.reset = c.reset || !c.pair.noReset
	}
	c.pair.changed.Broadcast()
}

// Stats returns the counters of this end.
func (c *Conn) Stats() Stats {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	return c.stats
}

// Buffered is the number of bytes that this end wrote and the peer has not read.
func (c *Conn) Buffered() int {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	return c.out.unread()
}
