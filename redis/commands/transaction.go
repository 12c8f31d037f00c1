package commands

import (
	"fmt"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
)

// A Transaction is what a role queues in place of commands that are to run between MULTI and EXEC. The server answers
// each of them twice: with QUEUED at once, and with its reply inside the reply of EXEC. So the first answer
// goes to a command of the Transaction, and the second, by EXEC, to the command itself:
//
//	wire       MULTI   GET a     HGETALL h   EXEC
//	reply      +OK     +QUEUED   +QUEUED     *2 $1 x %1 …
//	settles    At(0)   At(1)     At(2)       the GET, the HGETALL, At(3)
//
// However At(Len()-1), the EXEC, is settled, all of the commands are settled by that.
type Transaction struct {
	slots []*Cmd
	acks  []ack // of MULTI, then of each command
	exec  exec
}

// NewTransaction makes a transaction of commands, whose requests the caller has taken.
func NewTransaction(slots []*Cmd) *Transaction {
	t := &Transaction{slots: slots, acks: make([]ack, 1+len(slots))}
	t.acks[0].init(specMulti)
	for i, cmd := range slots {
		t.acks[i+1].init(cmd.spec)
	}
	t.exec.Cmd = Cmd{spec: specExec, reply: &t.exec}
	t.exec.tx = t
	t.exec.owner().OnSettle(t.over)
	return t
}

// Len counts the commands on the wire: two more than were given.
func (t *Transaction) Len() int { return len(t.slots) + 2 }

// At returns the i-th command on the wire.
func (t *Transaction) At(i int) *Cmd {
	if i == len(t.acks) {
		return &t.exec.Cmd
	}
	return &t.acks[i].Cmd
}

// AppendMulti and AppendExec append the requests that stand around the commands.
func AppendMulti(b []byte) []byte { return appendBare(b, specMulti) }

// AppendExec is AppendMulti for EXEC.
func AppendExec(b []byte) []byte { return appendBare(b, specExec) }

func appendBare(b []byte, s *Spec) []byte {
	return append(proto.AppendArrayHeader(b, int(s.words)), s.wire...)
}

// Err tells how EXEC ended: nil, or why none of the commands has a reply.
func (t *Transaction) Err() error {
	err := t.exec.Cmd.Err()
	if err == nil {
		return nil
	}
	e, refused := err.(*errors.RedisError)
	if !refused {
		return err
	}
	multi := t.acks[0].Cmd.Err()
	first, all := -1, true
	for i := range t.slots {
		switch t.acks[i+1].Cmd.Err().(type) {
		case *errors.RedisError:
			if first < 0 {
				first = i
			}
		default:
			all = false
		}
	}
	switch {
	case multi != nil && !all:
		// Without MULTI those that were not refused ran, one by one.
		return &errors.ProtocolError{Command: "MULTI", Reason: "refused, and the commands behind it may have run: " + multi.Error()}
	case multi != nil:
		return &errors.AbortedError{Index: -1, Command: "MULTI", Err: multi}
	case first >= 0:
		return &errors.AbortedError{Index: first, Command: t.slots[first].Name(), Err: t.acks[first+1].Cmd.Err()}
	}
	return &errors.AbortedError{Index: -1, Command: "EXEC", Err: e}
}

// over settles what EXEC has not settled.
func (t *Transaction) over() {
	err := t.Err()
	if err == nil {
		return
	}
	for _, cmd := range t.slots {
		cmd.Fail(err)
	}
}

// ack is a command that the server answers with OK or QUEUED.
type ack struct {
	Cmd Cmd
	p   future.Promise[struct{}]
}

func (a *ack) init(s *Spec) { a.Cmd = Cmd{spec: s, reply: a} }

func (a *ack) owner() *future.Owner { return a.p.Owner() }

func (a *ack) decode(r *proto.Reader, wake *future.Batch) error {
	want := "QUEUED"
	if a.Cmd.spec == specMulti {
		want = "OK"
	}
	got, _, err := r.Bytes() // not String, which would be an allocation for each command
	if err == nil && string(got) != want {
		err = fmt.Errorf("want %s", want)
	}
	if err == nil {
		a.p.CompleteIn(wake, struct{}{})
	}
	return err
}

// exec is the EXEC of a transaction.
type exec struct {
	Cmd Cmd
	p   future.Promise[struct{}]
	tx  *Transaction
}

func (e *exec) owner() *future.Owner { return e.p.Owner() }

func (e *exec) decode(r *proto.Reader, wake *future.Batch) error {
	n, ok, err := r.ArrayLen()
	switch {
	case err != nil:
		return err
	case !ok:
		return errors.ErrTxAborted
	case n != len(e.tx.slots):
		return fmt.Errorf("want %d replies, got %d", len(e.tx.slots), n)
	}
	for _, cmd := range e.tx.slots {
		t, err := r.Peek()
		if err != nil {
			return err
		}
		rest := r.BeginElement()
		if err := cmd.Deliver(t, r, wake); err != nil {
			return err
		}
		r.EndElement(rest)
	}
	e.p.CompleteIn(wake, struct{}{})
	return nil
}
