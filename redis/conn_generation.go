package redis

import (
	"io"
	"net"
	"sync"
	"sync/atomic"

	stderrors "errors"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
)

// Reasons for the end of a connection, as given to OnDisconnect and shown in
// ConnectionError.Reason.
const (
	// ReasonConnectionLost: reading or writing failed, for example by a reset.
	ReasonConnectionLost = "connection_lost"
	// ReasonTimeout: the server was silent while a reply was due, or took no bytes.
	ReasonTimeout = "timeout"
	// ReasonServerClosed: the server closed the connection in good order.
	ReasonServerClosed = "server_closed"
	// ReasonProtocolError: the server sent bytes that are not RESP, or a reply too many.
	ReasonProtocolError = "protocol_error"
	// ReasonClientClosed: Close or Shutdown.
	ReasonClientClosed = "client_closed"
)

// generation is one connection from the end of its handshake to its own end: a
// socket with the goroutine that writes and the one that reads. It is never
// redialled, only replaced. Who ends it (end) may be anybody: either loop, the
// watchdog, Close. The first reason counts. The socket is closed by that, both
// loops return, and the last of them calls done, which owns what comes after. A caller who is
// alone may do the work of both: see seat.
type generation struct {
	queue  *queue
	conn   net.Conn
	reader *proto.Reader
	addr   string
	born   int64 // clock time of its attachment

	protocol int           // 2 or 3, set by the handshake
	id       int64         // what the server calls the connection; 0: not known
	watched  *observations // who is told of writes; nil: nobody
	ear      ear           // hears what is not a reply; nil: nobody
	aside    proto.Type    // the frames that it is asked about, beside pushes
	seat     *seat         // whose turn it is to read; nil: readLoop's

	// Owned by who has the seat, as reader is.
	view        []entry // of queue.due
	answered    int     // of view, not retired yet
	answeredAny bool
	heard       bool // since the last retire, what is not a reply
	fresh       int  // bytes read since the last retire
	yielded     bool // by readLoop, before it read: see turn
	wake        future.Batch
	readErr     error // why reading has failed

	// Owned by who writes: writeLoop, readLoop in its place, or a caller who is alone.
	segments net.Buffers
	accepted int // of the batch whose write failed; read by detach after both loops

	bytesRead  atomic.Int64 // added to by the reader, watched by the watchdog
	writeStart atomic.Int64 // clock time + 1 at which the current write began; 0: none
	holding    atomic.Bool  // the reader waits for room, and reads nothing meanwhile

	// Guarded by queue.mu.
	window  window
	serving bool  // who has the seat is about to write; set by him alone, who may look without the lock
	begun   int64 // bytes of the batch being written that others than writeLoop have written
	resume  bool  // the rest of it is for writeLoop
	ended   bool
	reason  string
	cause   error

	closing sync.WaitGroup      // who ends the generation closes the socket; and a caller who writes
	exits   atomic.Int32        // loops that have returned
	done    func(g *generation) // called once, by the loop that returns last, when the socket is closed

	gone bool // guarded by listener.turn: its end was told
}

// newGeneration makes a generation of a fresh connection. Its reader may be used
// for the handshake before start.
func newGeneration(q *queue, conn net.Conn, addr string) *generation {
	g := &generation{queue: q, conn: conn, addr: addr, window: newWindow(), ear: q.ear, aside: proto.Push}
	if g.ear != nil {
		g.aside = proto.Array // what pushes are in RESP2
	}
	g.reader = proto.NewReader(source{g}, proto.Limits{})
	g.seat = newSeat(g)
	return g
}

// start attaches the generation to its queue and starts its two goroutines. It returns what of the backlog has to fail.
func (g *generation) start(done func(g *generation)) (torn failures) {
	g.done = done
	torn = g.queue.attach(g)
	go g.writeLoop()
	go g.readLoop()
	return torn
}

// end ends the generation because of err, met in op: errors.OpRead or OpWrite.
func (g *generation) end(op string, err error) {
	g.endAs(reasonOf(err), &errors.ConnectionError{Op: op, Addr: g.addr, Reason: reasonOf(err), Err: err, Effect: errors.Unknown})
}

// endAs ends the generation for the given reason. Only the first call counts.
func (g *generation) endAs(reason string, cause error) {
	q := g.queue
	q.mu.Lock()
	first := g.endLocked(reason, cause)
	q.unlockAndKick(first && q.wakeWriterLocked())
	if first {
		_ = g.conn.Close() // both loops return from whatever they block in
		g.closing.Done()
	}
}

func (g *generation) endLocked(reason string, cause error) (first bool) {
	if g.ended {
		return false
	}
	g.ended, g.reason, g.cause = true, reason, cause
	g.seat.callBackLocked()
	g.closing.Add(1)
	if e, ok := cause.(*errors.ConnectionError); ok {
		e.State = g.queue.stateLocked()
	}
	return true
}

// exit is called by each loop as it returns.
func (g *generation) exit() {
	if g.exits.Add(1) < 2 {
		return
	}
	g.closing.Wait()
	if over := g.queue.over; over != nil {
		over.Store(true) // before anybody hears of it who might give the connection back
	}
	g.done(g)
}

// failLost fails what was in flight when the connection ended, in order. It may
// have run: the outcome is Unknown. The bytes that broke the stream are shown to the
// command whose reply they stand for.
func (g *generation) failLost(lost []entry) {
	var bad *errors.ProtocolError
	stderrors.As(g.cause, &bad)
	for i := range lost {
		cmd := lost[i].cmd
		if i == 0 && bad != nil {
			cmd.Fail(&errors.ProtocolError{Command: cmd.Name(), Reason: bad.Reason, Detail: bad.Detail})
			continue
		}
		if lost[i].size&unran != 0 {
			cmd.Fail(&errors.ConnectionError{Op: errors.OpRead, Addr: g.addr, Reason: "lost before EXEC", Err: g.cause, Effect: errors.NotExecuted})
			continue
		}
		cmd.Fail(g.cause)
	}
}

func reasonOf(err error) string {
	var bad *errors.ProtocolError
	switch {
	case stderrors.As(err, &bad):
		return ReasonProtocolError
	case stderrors.Is(err, io.EOF), stderrors.Is(err, io.ErrUnexpectedEOF):
		return ReasonServerClosed
	}
	return ReasonConnectionLost
}
