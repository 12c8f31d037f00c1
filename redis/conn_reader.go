package redis

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
)

// readLoop is the reader goroutine of a generation: it reads one reply after the
// other, decodes it into the future of the command whose turn it is, and ends with
// the connection.
//
// It settles without the queue's lock: it works on a view of the FIFO, and retires
// what it has answered only when the buffered bytes are used up, before it reads
// again (see source.Read). Waiters are woken at the same time, so that those of
// one batch of replies run one after the other and write their next commands in one batch.
func (g *generation) readLoop() {
	defer g.exit()
	defer g.afterReading()
	defer func() {
		if p := recover(); p != nil {
			g.panicked(p)
		}
	}()
	for {
		if g.seat.changes() && g.reader.Buffered() == 0 && g.answered > 0 {
			g.turn()
		}
		if !g.answer() {
			return
		}
	}
}

// panicked ends the generation because of a panic in a decoder. They are ours and do not panic. Should one do so, its command
// fails, with the connection, and no future is left behind (law G2).
func (g *generation) panicked(p any) {
	g.end(errors.OpRead, &errors.ProtocolError{Reason: fmt.Sprintf("panic while decoding a reply: %v\n%s", p, debug.Stack())})
}

// answer reads one frame and settles the command whose reply it is. It reports false when the generation has ended by it.
func (g *generation) answer() bool {
	t, err := g.reader.Next()
	if err != nil {
		g.end(errors.OpRead, err)
		return false
	}
	if t == proto.Push || t == g.aside {
		mine, err := g.unasked(t)
		if err != nil {
			g.end(errors.OpRead, err)
			return false
		}
		if mine {
			return true
		}
	}
	cmd := g.head()
	if cmd == nil {
		g.end(errors.OpRead, g.surplus(t))
		return false
	}
	g.reader.Share(g.view[g.answered].size&batched != 0)
	if g.queue.deliver == nil {
		err = cmd.Deliver(t, g.reader, &g.wake)
	} else {
		err = g.queue.deliver(cmd, t, g.reader, &g.wake)
	}
	if err != nil {
		g.end(errors.OpRead, err)
		return false
	}
	g.answered++
	return true
}

// head returns the command whose reply comes next, or nil when none is due.
func (g *generation) head() *commands.Cmd {
	if g.answered == len(g.view) {
		g.retire()
		if len(g.view) == 0 {
			return nil
		}
	}
	return g.view[g.answered].cmd
}

// retire takes what has been answered off the FIFO, lets in who waits for room,
// and looks what is due next.
func (g *generation) retire() {
	g.queue.mu.Lock()
	g.retireLocked()
	g.queue.unlockAndKick(g.kickLocked())
}

func (g *generation) retireLocked() {
	q := g.queue
	if q.solo != nil {
		q.solo.retire(g.view[:g.answered])
	}
	if q.retryReads {
		releaseKept(g.view[:g.answered])
	}
	q.due.retire(g.answered)
	g.answeredAny = g.answeredAny || g.answered > 0
	if g.heard { // the bytes were not of replies
		g.heard, g.fresh = false, 0
	}
	g.window.observe(g.answered, g.fresh)
	g.answered, g.fresh = 0, 0
	g.view = q.due.view()
	q.grantRoomLocked()
	q.checkDrainedLocked()
	if q.solo.blocking() {
		q.checkNobodyWaitsLocked()
	}
	q.woken = g.wake.Len()
}

// beforeRead is called when the buffered bytes are used up and the next read may
// block: nothing that is known may be kept back any longer.
func (g *generation) beforeRead() {
	if g.answered > 0 {
		g.queue.mu.Lock()
		g.retireLocked()
		g.serving = g.servesLocked()
		g.queue.unlockAndKick(g.kickLocked())
	}
	g.rest()
}

func (g *generation) rest() {
	g.wake.Wake()
	if g.ear != nil {
		g.ear.rest()
	}
}

// turn is beforeRead between two frames, where readLoop may leave its seat.
func (g *generation) turn() {
	q := g.queue
	q.mu.Lock()
	g.retireLocked()
	woken := g.wake.Len()
	leave := g.seat.turnLocked(woken)
	g.yielded = !g.yielded && q.solo != nil && woken == 1 && q.countLocked() == 0
	g.serving = g.servesLocked()
	q.unlockAndKick(g.kickLocked())
	g.rest()
	switch {
	case leave && !g.seat.hears():
		g.seat.away()
	case g.yielded:
		// The one user of the connection has his reply, and is going to use it again, or the next one is. To read at once would
		// be in vain; by the time that they have had their turn the next reply may be there. Not each time: the scheduler asks what has become
		// readable only when nothing else can run, and readers that always can would keep the other connections waiting.
		runtime.Gosched()
	}
}

// servesLocked tells whether readLoop is to write for the callers whom it is going to wake, when they have said what they say next: see serve. It is asked right
// before readLoop reads, so nothing can hold it up in between. Not for one who is alone, nor while replies are large: then the next ones are there to be read already.
func (g *generation) servesLocked() bool {
	q := g.queue
	woken := g.wake.Len()
	return (woken > 1 || woken == 1 && q.countLocked() > 0) && q.asleep && g.seat.changes() && g.window.mean < largeReply
}

// serveRounds is how often serve lets others run at most: those who run on another processor, or are woken by who was woken, come later than the first. Measured:
// with 16 callers the second round is worth a fifth of the throughput, and more of them nothing (docs/benchmarks).
const serveRounds = 2

// serve lets those run who have just been woken, and writes what they say. So their commands go out together, as when writeLoop does it; but who has to be
// woken for that is running already, and there is nothing to be read before the server has them. While serving is set nobody kicks writeLoop.
func (g *generation) serve() {
	q := g.queue
	for round := 1; g.serving; round++ {
		runtime.Gosched()
		q.mu.Lock()
		some := g.mayWriteLocked()
		g.serving = some && round < serveRounds
		if !some {
			q.mu.Unlock()
			return
		}
		q.woken = 0
		g.tryWriteLocked()
	}
}

// afterReading is beforeRead for the end of the reader.
func (g *generation) afterReading() {
	g.retire()
	g.rest()
}

// unasked handles a frame that may be something else than a reply, at its place in the stream. Where nobody hears them, pushes
// are read and dropped. It reports false for a reply, and leaves that alone.
func (g *generation) unasked(t proto.Type) (mine bool, err error) {
	if g.ear == nil {
		return true, g.reader.Finish()
	}
	mine, err = g.ear.hear(g, t)
	g.heard = g.heard || mine
	return mine, err
}

// surplus is the error for a reply that nobody waits for. An error before any
// reply is the server turning the connection away, such as "max number of
// clients reached"; anything else means that the stream cannot be trusted.
func (g *generation) surplus(t proto.Type) error {
	if t == proto.SimpleError && !g.answeredAny {
		if e, err := g.reader.ReplyError(); err == nil {
			return e
		}
	}
	return g.reader.Unexpected("a reply that no command waits for")
}

// source is what a generation's proto.Reader reads from: the connection, with the
// reader's duties before every read that may block.
type source struct{ g *generation }

func (s source) Read(p []byte) (int, error) {
	g := s.g
	if g.readErr != nil {
		return 0, g.readErr
	}
	g.beforeRead()
	switch {
	case g.serving:
		g.serve()
	case g.window.mean >= largeReply && g.reader.More():
		// The rest of a large reply is on its way, and may not be here yet: meanwhile those can run who have something to say, which
		// the server then finds when it is done with this one, and the next read finds more.
		runtime.Gosched()
	}
	n, err := g.conn.Read(p)
	g.fresh += n
	g.bytesRead.Add(int64(n))
	if err != nil && !interrupted(err) {
		g.readErr = err
	}
	return n, err
}
