package commands

import "context"

// A Doer is anything commands can be called on. Client, connection, pipeline,
// transaction and pool are Doers; so is a fake in a test.
//
// Do takes the command over: it must see to it that the command is settled
// exactly once, by Cmd.Deliver or Cmd.Fail, and must not block for the reply.
// It is called from any goroutine unless the role says otherwise.
type Doer interface {
	Do(cmd *Cmd)
}

// Commands has every typed command as a method. It is embedded by the roles and
// bound to one of them by On. The zero value is of no use. A Commands is as
// safe for concurrent use as the Doer behind it.
type Commands struct {
	doer   Doer
	ctx    context.Context // bound by With; nil for none
	prefix string          // put before every key
	slab   *slab           // makes the calls; nil: each is made by itself
}

// SessionCommands has the commands that change the state of the connection they run on.
// Roles that have a connection for themselves embed it beside Commands; on a shared
// connection those commands would change what others get.
type SessionCommands struct{ c Commands }

// OnSession binds the commands of a session to d.
func OnSession(d Doer) SessionCommands { return SessionCommands{On(d)} }

// Do makes Commands a Doer, so that what With returns can be given to whatever
// takes one: it passes the command on, bound to the context.
func (c *Commands) Do(cmd *Cmd) {
	if c.ctx != nil && cmd.Context() == nil && cmd.args != nil {
		cmd.args.ctx = c.ctx
	}
	c.doer.Do(cmd)
}

// Behind returns the role that a Commands is bound to, for example by With.
func Behind(c *Commands) Doer { return c.doer }

// On binds the typed commands to d, and takes over its key prefix if it has one.
func On(d Doer) Commands {
	c := Commands{doer: d}
	if p, ok := d.(interface{ KeyPrefix() string }); ok {
		c.prefix = p.KeyPrefix()
	}
	return c
}

// Prefixed returns the same commands with prefix before every key, in place of the
// prefix that was there. Keys are found by the servers' own key specs; values,
// fields, members, channels and patterns are left as they are, and so are the keys in
// replies.
func (c Commands) Prefixed(prefix string) Commands {
	c.prefix = prefix
	return c
}

// KeyPrefix returns what is put before every key. Patterns do not get it by
// themselves: Match(c.KeyPrefix() + "user:*") looks for keys with the prefix, and
// what Scan and Keys return has it.
func (c *Commands) KeyPrefix() string { return c.prefix }

// With returns the same commands bound to ctx. A command that is called on the
// result
//
//   - is not sent any more once ctx has ended, and its future fails: with a
//     *TimeoutError when the deadline of ctx passed, else cancelled with
//     context.Cause(ctx);
//   - fails in the same way when ctx ends while it is under way; the
//     connection stays as it is and the late reply goes to nobody. On a Client, one that blocks is ended on the server, and an
//     element that it had taken by then is its result;
//   - waits for room in a full queue no longer than ctx lives.
//
// This differs from Await(ctx), which ends one wait and leaves the command alone.
func (c *Commands) With(ctx context.Context) *Commands {
	return &Commands{doer: c.doer, ctx: ctx, prefix: c.prefix, slab: c.slab}
}
