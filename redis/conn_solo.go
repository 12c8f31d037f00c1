package redis

import (
	"time"

	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
)

// solo is what a queue keeps in addition when its connection has one user, a Conn: how long blocking commands may
// take, and the transaction that the commands make. A shared connection has neither, and pays one test for nil.
// It is guarded by the queue's lock.
//
// A transaction must run as it was issued or not at all. Three things could tear it:
//
//   - The connection is lost between MULTI and EXEC. What is left of the transaction in the backlog would run one by
//     one on the next connection. So detach fails it, and what is issued of it later fails too (lost).
//   - A command of it is cancelled or runs out of time before it is sent. The rest would run without it. So such a
//     command is pinned: it is settled, but stays in its place and is sent, and its outcome is Unknown.
//   - The same while there is no connection. Then attach takes the whole transaction out.
type solo struct {
	patience patience // of blocking commands, until they are over

	issued   transaction // as far as commands were accepted
	answered transaction // as far as they were answered, on this connection
	certain  bool        // answered.multi, and the server has said OK to it
	lost     error       // set: the connection ended in a transaction whose end has not been issued yet
}

// transaction is what commands have made of the server's state so far, by their names.
type transaction struct {
	multi    bool // between MULTI and its EXEC or DISCARD
	watching bool // a key is being watched
}

// step notes the next command.
func (t *transaction) step(name string) {
	switch name {
	case "MULTI":
		t.multi = true
	case "WATCH":
		t.watching = true
	case "EXEC", "DISCARD", "RESET":
		*t = transaction{}
	case "UNWATCH":
		t.watching = t.watching && t.multi // inside of MULTI it is queued, and does nothing
	}
}

// open tells whether what comes next belongs to a transaction.
func (t transaction) open() bool { return t.multi || t.watching }

// issueLocked notes a command that is going to be accepted, with how long it may block. It returns the flags of its entry, or why it must not be
// sent: its transaction was lost.
func (s *solo) issueLocked(cmd *commands.Cmd, wait time.Duration, blocks bool) (flags int64, err error) {
	name := cmd.Name()
	if err := s.lost; err != nil {
		switch name {
		case "EXEC", "DISCARD", "UNWATCH", "RESET":
			s.lost = nil // who issues one of these hears of it by its error
		}
		return 0, err
	}
	was := s.issued
	s.issued.step(name)
	if was.multi || s.issued.multi || name == "WATCH" {
		flags |= pinned
		cmd.MarkSent() // it is as good as sent: its context cannot withdraw it any more
	}
	if name == "AUTH" || name == "HELLO" {
		// Some servers (Redis 8.0, Valkey 8.1, Redict 7.3) do not answer a wrong password that comes while replies are due. Then
		// every later reply would be taken for that of the command before its own.
		flags |= lone
	}
	if blocks {
		s.patience.set(cmd, wait)
	}
	return flags, nil
}

// forget drops what is known about commands that are over.
func (s *solo) forget(gone []entry) {
	if !s.blocking() {
		return
	}
	for i := range gone {
		s.patience.drop(gone[i].cmd)
	}
}

// blocking tells whether commands are under way that may take longer than ReadTimeout.
func (s *solo) blocking() bool { return s != nil && s.patience.any() }

// blocksFor tells how long a command that is under way may block, and whether it may at all.
func (s *solo) blocksFor(cmd *commands.Cmd) (wait time.Duration, blocks bool) {
	if s.blocking() {
		wait, blocks = s.patience.of(cmd)
	}
	return wait, blocks
}

// retire notes commands that have been answered.
func (s *solo) retire(answered []entry) {
	s.forget(answered)
	for i := range answered {
		cmd := answered[i].cmd
		if !cmd.Spec().Flags.Has(commands.Session) {
			continue
		}
		was := s.answered.multi
		s.answered.step(cmd.Name())
		s.certain = s.answered.multi && (was && s.certain || cmd.Succeeded())
	}
}

// endTransactionLocked is detach's part for a Conn: the connection is gone, due holds what it leaves behind, and the backlog
// what never went out. It marks in due what cannot have run, since its EXEC was not sent, and returns
// what of the backlog has lost its transaction.
func (q *queue) endTransactionLocked(cause error, addr string) (torn failures) {
	s := q.solo
	sent := s.answered
	for i := range q.due.len() {
		e := q.due.at(i)
		if name := e.cmd.Name(); sent.multi && s.certain && name != "EXEC" && !q.execDueLocked(i) {
			e.size |= unran
		}
		sent.step(e.cmd.Name())
		s.certain = s.certain && sent.multi
	}
	s.answered, s.certain = transaction{}, false
	if !sent.open() {
		return nil
	}
	err := &errors.ConnectionError{
		Op: errors.OpWrite, Addr: addr, Reason: "the transaction was lost with its connection", Err: cause, Effect: errors.NotExecuted,
	}
	q.removeLocked(func(e *entry) bool {
		if !sent.open() {
			return false
		}
		sent.step(e.cmd.Name())
		torn = append(torn, failure{e.cmd, err})
		return true
	})
	if sent.open() {
		s.issued, s.lost = transaction{}, err
	}
	return torn
}

// execDueLocked tells whether the transaction that the i-th entry of due stands in has its EXEC in due as well, so
// that the server may have run it.
func (q *queue) execDueLocked(i int) bool {
	for ; i < q.due.len(); i++ {
		switch q.due.at(i).cmd.Name() {
		case "EXEC":
			return true
		case "DISCARD", "RESET":
			return false
		}
	}
	return false
}

// dropTornLocked takes the transactions out of the backlog of which a command was cancelled or ran out of time while there
// was no connection. None of them has been sent.
func (q *queue) dropTornLocked() (torn failures) {
	// each calls fn with the place of the transaction that an entry stands in, from 1 on, or 0.
	each := func(fn func(e *entry, place int) bool) (last int, open bool) {
		var t transaction
		q.removeLocked(func(e *entry) bool {
			was := t.open()
			t.step(e.cmd.Name())
			if !was && t.open() {
				last++
			}
			if !was && !t.open() {
				return fn(e, 0)
			}
			return fn(e, last)
		})
		return last, t.open()
	}
	broken := map[int]bool{}
	last, open := each(func(e *entry, place int) bool {
		if e.size&pinned != 0 && e.cmd.Settled() {
			broken[place] = true
		}
		return false
	})
	if len(broken) == 0 {
		return nil
	}
	err := &errors.ConnectionError{Op: errors.OpQueue, Reason: "a command of the transaction was given up before it was sent", Effect: errors.NotExecuted}
	each(func(e *entry, place int) bool {
		if !broken[place] {
			return false
		}
		torn = append(torn, failure{e.cmd, err})
		return true
	})
	if open && broken[last] {
		q.solo.issued, q.solo.lost = transaction{}, err
	}
	return torn
}

// lateLocked is watchdog.late for a command that may block.
func (q *queue) lateLocked(cmd *commands.Cmd, issued int64) bool {
	if wait, ok := q.solo.blocksFor(cmd); ok {
		return wait != forever && q.watch.late(issued+int64(wait))
	}
	return q.watch.late(issued)
}

// allowedLocked is how much longer than ReadTimeout the connection may be silent: as long as the command at the head
// of the FIFO may block.
func (q *queue) allowedLocked() time.Duration {
	if !q.solo.blocking() || q.due.len() == 0 {
		return 0
	}
	wait, _ := q.solo.patience.of(q.due.at(0).cmd)
	return wait
}

// limitLocked is the time limit of a command, for its error.
func (q *queue) limitLocked(cmd *commands.Cmd) time.Duration {
	if !q.solo.blocking() {
		return q.watch.readTimeout
	}
	wait, _ := q.solo.patience.of(cmd)
	return q.watch.readTimeout + max(wait, 0)
}

// dropped notes that the backlog was failed with err, and with it what is open of a transaction.
func (s *solo) dropped(err error) {
	if s != nil && s.issued.open() {
		s.issued, s.lost = transaction{}, err
	}
}

// session is Conn.Session.
func (q *queue) session() Session {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.solo
	open := q.countLocked() + len(q.room)
	// The reader takes what it has answered off the FIFO when it reads again, which may be after its callers were woken.
	for i := 0; i < q.due.len() && q.due.at(i).cmd.Answered(); i++ {
		open--
	}
	return Session{InMulti: s.issued.multi, Watching: s.issued.watching, LostTransaction: s.lost != nil, InFlight: open}
}
