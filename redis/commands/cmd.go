package commands

import (
	"context"
	"fmt"
	"io"
	"time"
	"unsafe"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
)

// A Cmd is one command on its way: the encoded request, and the promise that
// its reply settles. It is made by the methods of Commands and lives in one
// allocation with its future. Roles pass it on; applications meet it only when
// they write a Doer of their own.
//
// A Cmd belongs to the goroutine that called Do until the role has queued it,
// then to the connection. Fail, Settled and Deliver may race with each other: the
// first to settle wins.
type Cmd struct {
	spec  *Spec
	args  *args // nil once the bytes are with the connection
	reply reply // the call this Cmd is the head of
}

// reply is what the typed call around a Cmd can do.
type reply interface {
	decode(r *proto.Reader, wake *future.Batch) error
	owner() *future.Owner
}

// Spec tells what the command is. It is never nil and must not be changed.
func (c *Cmd) Spec() *Spec { return c.spec }

// Name returns the command's name as Redis spells it, such as "GET" or
// "CLIENT SETNAME". It never holds arguments, so it can be shown and logged.
func (c *Cmd) Name() string { return c.spec.Name }

// String is Name: arguments are never shown.
func (c *Cmd) String() string { return c.Name() }

// Format keeps every verb of package fmt from showing the request, which may hold secrets (law G12).
func (c *Cmd) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// Blocks tells whether the server may let the command wait for data, and with it
// everything behind it on the same connection. XREAD and XREADGROUP do so only with BLOCK.
func (c *Cmd) Blocks() bool {
	if c.spec.timeout != timeoutBlockMillis {
		return c.spec.Flags.Has(Blocking) && c.args != nil
	}
	_, blocks := c.BlockTimeout()
	return blocks
}

// BlockTimeout tells how long the server may let the command wait, by its own arguments, zero being for ever, and
// whether it may at all. It belongs before Release.
func (c *Cmd) BlockTimeout() (timeout time.Duration, blocks bool) {
	if !c.spec.Flags.Has(Blocking) || c.args == nil {
		return 0, false
	}
	a := c.args
	if !a.timed {
		var room [8]string
		wire := c.Wire()
		a.timeout, a.blocks = c.spec.blocking(appendWords(room[:0], unsafe.String(unsafe.SliceData(wire), len(wire)))) // nothing of which is kept
		a.timed = true
	}
	return a.timeout, a.blocks
}

// SetBlockTimeout makes the server let the command wait so long and no longer, rounded up to a millisecond. It reports false,
// and changes nothing, when the command does not block, or has a timeout that the server is going to refuse. It belongs before the
// role takes the request.
func (c *Cmd) SetBlockTimeout(timeout time.Duration) bool {
	words, ok := c.spec.withTimeout(c.Args(), timeout)
	if !ok {
		return false
	}
	a := c.args
	a.buf, a.n, a.timed = a.buf[:headroom], 0, false
	a.strs(words)
	a.finish()
	return true
}

// Context returns the context bound by With, or nil.
func (c *Cmd) Context() context.Context {
	if c.args == nil {
		return nil
	}
	return c.args.ctx
}

// Wire returns the request as it goes to the server: one array of bulk strings.
// The bytes are valid until Release and must not be changed.
func (c *Cmd) Wire() []byte {
	if c.args == nil || c.args.buf == nil {
		return nil
	}
	return c.args.wire()
}

// Args returns a copy of the command's words and arguments, the name first. It
// returns nil after Release.
func (c *Cmd) Args() []string {
	return splitWire(c.Wire())
}

// Release gives the request's bytes back for other commands to use. The role
// calls it once when it has copied or written them.
func (c *Cmd) Release() {
	a := c.args
	switch {
	case a == nil:
	case a.ctx != nil:
		a.buf = nil // the rest stays, for MarkSent
	default:
		c.args = nil
		a.release()
	}
}

// MarkSent notes that the bytes of a command bound to a context are on their way,
// which makes the outcome of a failure Unknown. The role guards MarkSent and Sent by a
// lock of its own. Commands without a context keep no such note.
func (c *Cmd) MarkSent() {
	if c.bound() {
		c.args.sent = true
	}
}

// MarkUnsent takes MarkSent back: the bytes did not reach the server and are going
// to be sent again.
func (c *Cmd) MarkUnsent() { c.args.sent = false }

// Sent tells whether MarkSent was called, and MarkUnsent not.
func (c *Cmd) Sent() bool { return c.bound() && c.args.sent }

// Withdraw notes that a command bound to a context must not be sent any more. The
// role guards Withdraw and Withdrawn by the same lock as MarkSent.
func (c *Cmd) Withdraw() {
	if c.bound() {
		c.args.withdrawn = true
	}
}

// Withdrawn tells whether Withdraw was called.
func (c *Cmd) Withdrawn() bool { return c.bound() && c.args.withdrawn }

// bound tells whether the command has a context; such a one keeps args to its end.
func (c *Cmd) bound() bool { return c.args != nil && c.args.ctx != nil }

// Deliver reads the command's reply, whose first byte is t, from r and settles
// the future; who waits for it is woken by wake (at once if wake is nil). A
// reply of the wrong shape fails this command alone with a *ProtocolError and is
// skipped to its end (law G10). The error Deliver returns is of the stream itself:
// the reply was not complete or malformed, the command is not settled by then,
// and nothing more can be read from r.
func (c *Cmd) Deliver(t proto.Type, r *proto.Reader, wake *future.Batch) error {
	if t == proto.SimpleError || t == proto.BulkError {
		e, err := c.ReadError(r)
		if err != nil {
			return err
		}
		c.reply.owner().FailIn(wake, e)
		return nil
	}
	err := c.reply.decode(r, wake)
	if err == nil && !r.More() {
		return nil
	}
	return c.misfit(r, wake, err)
}

// ReadError reads the command's reply, which is an error, and leaves it to the caller to settle the command.
func (c *Cmd) ReadError(r *proto.Reader) (*errors.RedisError, error) {
	e, err := r.ReplyError()
	if err != nil {
		return nil, err
	}
	e.Command = c.spec.Name
	return e, nil
}

// misfit handles a reply that the decoder could not use.
func (c *Cmd) misfit(r *proto.Reader, wake *future.Batch, err error) error {
	if r.Err() != nil {
		return r.Err()
	}
	// The rest of the frame goes first: when it turns out to be malformed, the
	// command fails with that, together with the stream.
	if ferr := r.Finish(); ferr != nil {
		return ferr
	}
	if err == nil {
		return nil
	}
	if err == errors.ErrTxAborted {
		c.reply.owner().FailIn(wake, err)
		return nil
	}
	if e, ok := err.(*errors.RedisError); ok {
		// An error inside a reply that has no place for one.
		e.Command = c.spec.Name
		c.reply.owner().FailIn(wake, e)
		return nil
	}
	c.reply.owner().FailIn(wake, &errors.ProtocolError{Command: c.spec.Name, Reason: "reply of the wrong shape: " + err.Error()})
	return nil
}

// Fail settles the command with err and wakes who waits for it. It reports
// false when the command was settled before.
func (c *Cmd) Fail(err error) bool { return c.reply.owner().FailIn(nil, err) }

// Cancel is Future.Cancel for a role: it settles the command as cancelled, with
// the given cause. It reports false when the command was settled before.
func (c *Cmd) Cancel(cause error) bool { return c.reply.owner().Cancel(cause) }

// Oversee leaves it to the role what a Future.Cancel does, and tells it when the command is settled: see future.Owner. It must be called
// before the future is shared.
func (c *Cmd) Oversee(v *future.Oversight, by future.Overseer) { c.reply.owner().Oversee(v, by) }

// Settled tells whether the command has its result, or was cancelled.
func (c *Cmd) Settled() bool { return c.reply.owner().Settled() }

// Answered tells whether the command was settled by its reply, whatever that said. One that was cancelled, ran out of time or
// was lost was not.
func (c *Cmd) Answered() bool {
	o := c.reply.owner()
	switch o.State() {
	case future.Pending, future.Cancelled:
		return false
	case future.Done:
		return true
	}
	switch o.Err().(type) {
	case *errors.TimeoutError, *errors.ConnectionError, *errors.DisconnectedError, *errors.ArgumentError:
		return false
	}
	return true
}

// Succeeded tells whether the command was settled with a value.
func (c *Cmd) Succeeded() bool { return c.reply.owner().State() == future.Done }

// Err is the error the command was settled with, or nil.
func (c *Cmd) Err() error { return c.reply.owner().Err() }

// ReuseWaiters allows Await on this command's future to take its wake-up channel
// from a pool shared by the whole program. It must be called before the future is
// shared, and not by clients that live in a testing/synctest bubble.
func (c *Cmd) ReuseWaiters() { c.reply.owner().ReuseWaiters() }

// Offer lets who waits for the command's future take a seat: see future.Owner.
func (c *Cmd) Offer(s *future.Seat) bool { return c.reply.owner().Offer(s) }

// Hold makes waiting for the command's future fail at once with future.ErrNotFlushed until Unhold: for roles that collect
// commands. It must be called before the future is shared.
func (c *Cmd) Hold() { c.reply.owner().Hold() }

// Unhold ends Hold.
func (c *Cmd) Unhold() { c.reply.owner().Unhold() }

// Wait waits until the command is settled, and returns nil then, however it was; or context.Cause(ctx) when ctx ends first.
func (c *Cmd) Wait(ctx context.Context) error { return c.reply.owner().Wait(ctx) }

// OnSettle has fn called when the command is settled, on the goroutine that
// settles it: fn must be short and must not block.
func (c *Cmd) OnSettle(fn func()) { c.reply.owner().OnSettle(fn) }
