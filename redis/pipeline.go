package redis

import (
	"context"
	"sync"

	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
)

// Pipeline collects commands and sends them as one run: in order, with nothing of other callers between them, and in
// one write unless they are very many. Each call returns its own typed future; Exec sends, and waits for all of them.
//
//	p := client.Pipeline()
//	visits := p.Incr("visits")
//	user := p.HGetAll("user:7")
//	err := p.Exec(ctx)                 // nil, or a *PipelineError that lists what failed
//	n, err := visits.Await(ctx)        // each has its own result
//
// The commands of one connection are pipelined anyway, whoever calls them; a Pipeline is for what belongs together, and costs
// fewer allocations: short values of its replies share memory, 256 bytes at most, so who keeps one of many for long may
// strings.Clone it. It is not a transaction: see Tx.
//
// Before Exec waiting for a future fails at once with ErrNotFlushed. A command that is refused, such as one
// with an argument that cannot be encoded, keeps its place and fails alone. A Pipeline is used once, and by one goroutine until
// Exec; its futures by any number.
type Pipeline struct {
	commands.Commands
	collected
}

// Pipeline begins a pipeline. It sends nothing before its Exec.
func (c *Client) Pipeline() *Pipeline { return newPipeline(c, c.refusal) }

// Pipeline begins a pipeline on the connection.
func (c *Conn) Pipeline() *Pipeline {
	p := newPipeline(c.client, c.refusal)
	p.conn = c
	return p
}

func newPipeline(c *Client, refusal func(cmd *commands.Cmd) string) *Pipeline {
	p := &Pipeline{collected: newCollected(c, refusal, "pipeline")}
	p.Commands = commands.InBatch(p, c.KeyPrefix())
	return p
}

// Pipelined calls fn with a pipeline and executes it when fn returns nil; else, or when fn panics, the pipeline is discarded, and
// the error of fn is returned.
func (c *Client) Pipelined(ctx context.Context, fn func(p *Pipeline) error) error {
	p := c.Pipeline()
	defer p.Discard() // does nothing after Exec
	if err := fn(p); err != nil {
		return err
	}
	return p.Exec(ctx)
}

// Do collects a command; the methods call it.
func (p *Pipeline) Do(cmd *commands.Cmd) {
	if p.collect(cmd) {
		p.client.queue.collect(&p.bag.run, cmd)
	}
}

// Exec sends the commands and waits until all of them are settled. It returns nil when all have succeeded, a *PipelineError
// that lists those that have not, context.Cause(ctx) when ctx ends first (the commands go on), or an
// *ArgumentError when the pipeline was executed or discarded before. An empty pipeline succeeds.
func (p *Pipeline) Exec(ctx context.Context) error {
	if err := p.finish(); err != nil {
		return err
	}
	defer p.empty()
	// What was cancelled meanwhile is not sent.
	p.bag.run.sweep(0, func(e *entry) bool { return e.cmd.Settled() })
	for _, cmd := range p.bag.slots {
		p.release(cmd)
	}
	p.send()
	return p.wait(ctx)
}

// collected is what a Pipeline and a Tx have in common: commands that wait to be sent.
type collected struct {
	client  *Client
	conn    *Conn                          // whose it is; nil: the client's
	refusal func(cmd *commands.Cmd) string // tells why a command has no place here, or ""
	what    string                         // "pipeline" or "transaction", for errors

	bag   *bag // what was collected; nil when that is over
	count int  // of the commands that were collected; valid when bag is nil
	over  bool // executed or discarded
}

// bag holds the commands of one collection. Its memory serves many, one after the other.
type bag struct {
	slots []*commands.Cmd // in the order of the calls, the refused among them
	run   batch           // the requests
}

// bagKeep is how many commands the memory of a bag may be made for to be used again.
const bagKeep = 4096

var bags = sync.Pool{New: func() any { return new(bag) }}

func newCollected(c *Client, refusal func(cmd *commands.Cmd) string, what string) collected {
	return collected{client: c, refusal: refusal, what: what, bag: bags.Get().(*bag)}
}

// empty gives the bag back, when its requests are with the queue and its slots were looked at for the last time.
func (c *collected) empty() {
	b := c.bag
	c.bag, c.count = nil, len(b.slots)
	if cap(b.slots) > bagKeep {
		return
	}
	clear(b.slots)
	b.slots = b.slots[:0]
	clear(b.run.entries)
	b.run.reset()
	bags.Put(b)
}

// Len counts the commands that have been collected.
func (c *collected) Len() int {
	if c.bag == nil {
		return c.count
	}
	return len(c.bag.slots)
}

// Refused notes a command whose arguments were refused: it has failed, and keeps its place.
func (c *collected) Refused(cmd *commands.Cmd) {
	if !c.over {
		c.bag.slots = append(c.bag.slots, cmd)
	}
}

// collect takes a command, or fails it and reports false.
func (c *collected) collect(cmd *commands.Cmd) bool {
	if c.client.reuse {
		cmd.ReuseWaiters()
	}
	switch reason := c.refusal(cmd); {
	case c.over:
		refuseFor(cmd, "the "+c.what+" was executed or discarded: it is used once")
		return false
	case len(c.bag.slots) >= c.client.opts.MaxPipeline:
		refuseFor(cmd, "the "+c.what+" is full: see Options.MaxPipeline")
		return false
	case reason != "":
		c.bag.slots = append(c.bag.slots, cmd)
		refuseFor(cmd, reason)
		return false
	}
	c.bag.slots = append(c.bag.slots, cmd)
	cmd.Hold()
	return true
}

// finish ends the collecting.
func (c *collected) finish() error {
	if c.over {
		return &errors.ArgumentError{Reason: "the " + c.what + " was executed or discarded: it is used once"}
	}
	c.over = true
	return nil
}

// Discard gives up what was collected: its futures fail with ErrDiscarded. After Exec, and a second time, it does nothing.
func (c *collected) Discard() {
	if c.finish() != nil {
		return
	}
	defer c.empty()
	c.bag.run.release()
	for _, cmd := range c.bag.slots {
		cmd.Unhold()
		cmd.Fail(errors.ErrDiscarded)
	}
}

// release makes a collected command an ordinary one.
func (c *collected) release(cmd *commands.Cmd) {
	cmd.Unhold()
	c.client.watch(cmd)
	if ctx := cmd.Context(); ctx != nil && !cmd.Settled() {
		c.client.bind(ctx, cmd)
	}
}

// send hands the run to the queue.
func (c *collected) send() {
	run := &c.bag.run
	if len(run.entries) == 0 {
		return
	}
	err := c.client.broken
	if c.conn != nil {
		if c.conn.enter() {
			defer c.conn.leave()
		} else {
			err = errReturned("")
		}
	}
	if err != nil {
		run.release()
		for _, e := range run.entries {
			e.cmd.Fail(err)
		}
		return
	}
	if offline := c.client.queue.submitRun(run); offline {
		c.client.keeper.demand()
	}
}

// wait waits for all commands and collects what failed.
func (c *collected) wait(ctx context.Context) error {
	slots := c.bag.slots
	if len(slots) == 0 {
		return nil
	}
	// The last one first: when it is settled, the others are as a rule.
	if err := slots[len(slots)-1].Wait(ctx); err != nil {
		return err
	}
	var failed []errors.SlotError
	for i, cmd := range slots {
		if cmd.Succeeded() {
			continue
		}
		if err := cmd.Wait(ctx); err != nil {
			return err
		}
		if err := cmd.Err(); err != nil {
			failed = append(failed, errors.SlotError{Index: i, Command: cmd.Name(), Err: err})
		}
	}
	if failed == nil {
		return nil
	}
	return &errors.PipelineError{Failed: failed, Total: len(slots)}
}
