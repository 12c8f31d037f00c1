package redis

import (
	"context"
	stderrors "errors"

	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
)

// Tx is a transaction: it collects commands and sends them between MULTI and EXEC, in one run that nothing of other callers can
// land in. Each call returns a future of its own type, settled from the reply of EXEC.
//
//	tx := client.Tx()
//	left := tx.DecrBy("alice", 5)
//	right := tx.IncrBy("bob", 5)
//	err := tx.Exec(ctx)
//
// The server runs all of the commands or none, and nobody else's between them. It does not undo: a command that
// fails when it runs, by WRONGTYPE say, fails alone, and Exec returns a *PipelineError that names it. One that the server refuses
// to queue makes it execute none: all fail with an *AbortedError that names it, outcome NotExecuted.
//
// A lost connection leaves a transaction NotExecuted, to be sent again, if its EXEC was not sent to the last byte, else
// Unknown as a whole. To make it depend on values that were read, see Client.Watch and Client.Transact.
//
// Commands that change the state of a connection are refused. Blocking ones do not block between MULTI and EXEC. A Tx is
// used once, and by one goroutine until Exec.
type Tx struct {
	commands.Commands
	collected

	now *commands.Commands // of the connection that watches; nil outside of Watch
}

// Tx begins a transaction. It sends nothing before its Exec.
func (c *Client) Tx() *Tx { return newTx(c) }

// Tx begins a transaction on the connection. It must not be executed between Multi and Exec.
func (c *Conn) Tx() *Tx {
	tx := newTx(c.client)
	tx.conn = c
	return tx
}

func newTx(c *Client) *Tx {
	tx := &Tx{collected: newCollected(c, refusedInTx, "transaction")}
	tx.Commands = commands.InBatch(tx, c.KeyPrefix())
	return tx
}

// refusedInTx tells why a command has no place in a transaction.
func refusedInTx(cmd *commands.Cmd) string {
	switch flags := cmd.Spec().Flags; {
	case flags.Has(commands.ServerSide):
		return "is spoken between servers only"
	case flags.Has(commands.Session):
		return "changes the state of the connection, and has no place in a transaction"
	}
	return ""
}

// Do collects a command; the methods call it.
func (tx *Tx) Do(cmd *commands.Cmd) {
	if !tx.collect(cmd) {
		return
	}
	run := &tx.bag.run
	if len(run.entries) == 0 {
		run.buf = commands.AppendMulti(run.buf)
		run.entries = append(run.entries, entry{size: int64(len(run.buf)) | joined}) // its command is made by pack
	}
	wire := cmd.Wire()
	run.buf = append(run.buf, wire...)
	run.entries = append(run.entries, entry{cmd: cmd, size: int64(len(wire)) | joined})
	cmd.Release()
}

// Exec sends the transaction and waits for it. It returns nil when all commands have succeeded; ErrTxAborted when a watched key
// had changed; an *AbortedError when the server executed none since it refused one, or one was refused here; a
// *PipelineError that lists the commands that failed when they ran; the error of the connection; or context.Cause(ctx) when
// ctx ends first, in which case the transaction goes on. An empty transaction succeeds and sends nothing.
func (tx *Tx) Exec(ctx context.Context) error {
	if err := tx.finish(); err != nil {
		return err
	}
	defer tx.empty()
	if err := tx.check(); err != nil {
		for _, cmd := range tx.bag.slots {
			cmd.Unhold()
			cmd.Fail(err)
		}
		return err
	}
	for _, cmd := range tx.bag.slots {
		cmd.Unhold()
		tx.client.watch(cmd)
	}
	t := tx.pack()
	if t == nil {
		return tx.wait(ctx)
	}
	tx.send()
	if err := t.At(t.Len() - 1).Wait(ctx); err != nil {
		return err
	}
	// Whoever is woken by the end of EXEC may be faster than what settles the commands by it.
	err := tx.wait(ctx)
	if failed := t.Err(); failed != nil {
		return failed
	}
	return err
}

// pack makes the run of what was collected and not cancelled, or returns nil if that is nothing.
func (tx *Tx) pack() *commands.Transaction {
	run := &tx.bag.run
	if len(run.entries) == 0 {
		return nil
	}
	run.sweep(1, func(e *entry) bool { return e.cmd.Settled() })
	if len(run.entries) == 1 {
		return nil
	}
	slots := make([]*commands.Cmd, len(run.entries)-1)
	for i := range slots {
		slots[i] = run.entries[1+i].cmd
	}
	t := commands.NewTransaction(slots)
	size := len(run.buf)
	run.buf = commands.AppendExec(run.buf)
	run.entries = append(run.entries, entry{size: int64(len(run.buf) - size)})
	for i := range run.entries {
		run.entries[i].cmd = t.At(i)
	}
	run.bytes = len(run.buf)
	return t
}

// check refuses a transaction of which a command has failed before it could be sent: without it, it is another one. One
// that was cancelled is left out, as its caller wanted.
func (tx *Tx) check() error {
	for i, cmd := range tx.bag.slots {
		err := cmd.Err()
		if err == nil {
			continue // before what costs an allocation
		}
		if e := (*errors.ArgumentError)(nil); stderrors.As(err, &e) {
			return &errors.AbortedError{Index: i, Command: cmd.Name(), Err: e}
		}
	}
	return nil
}
