package redis

import (
	"context"
	"crypto/tls"
	stderrors "errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/internal/socket"
	"github.com/futureio/futureio-go/redis/errors"
)

// connect makes one attempt: dials, speaks TLS, shakes hands. All of it happens
// within ConnectTimeout, whatever the server does or does not do, and whatever the
// caller's Dialer and Credentials do: the attempt runs on a goroutine of its own,
// which is left to itself when its time is up. The generation returned is not started.
func connect(ctx context.Context, opts *Options, s *session, q *queue, probe bool) (*generation, error) {
	ctx, cancel := context.WithTimeout(ctx, opts.ConnectTimeout)
	defer cancel()
	a := &attempt{opts: opts, queue: q, probe: probe, done: make(chan struct{})}
	if s != nil {
		own, replay := s.over(*opts)
		a.opts, a.replay = &own, replay
	}
	go a.run(ctx)
	select {
	case <-a.done:
	case <-ctx.Done():
		if !a.endsSoon() && a.decided.CompareAndSwap(false, true) {
			return nil, connectError(ctx, opts, ctx.Err())
		}
		<-a.done
	}
	if a.err != nil {
		return nil, connectError(ctx, opts, a.err)
	}
	return a.gen, nil
}

// attempt is one attempt to connect.
type attempt struct {
	opts   *Options
	replay [][]string // commands after the handshake's own
	probe  bool       // ask whether the server is loading its data
	queue  *queue

	decided atomic.Bool   // by who sets it: run has its result in time, or connect does not wait for it
	done    chan struct{} // closed by run when it has decided
	gen     *generation   // these two are written by run before
	err     error
}

// endsSoon waits for an attempt whose time is up. As a rule it ends at once, since
// its context has ended and its connection is closed; then nothing of it is left
// behind when Close returns.
func (a *attempt) endsSoon() bool {
	grace := time.NewTimer(attemptGrace)
	defer grace.Stop()
	select {
	case <-a.done:
		return true
	case <-grace.C:
		return false
	}
}

// attemptGrace is how long a Dialer may take to notice that its context has ended.
const attemptGrace = 250 * time.Millisecond

func (a *attempt) run(ctx context.Context) {
	var conn net.Conn
	var gen *generation
	err := errNoResult
	defer func() {
		// Dialer and Credentials are the caller's code. A panic there is a failed
		// attempt, which OnError hears of, and not the end of the program.
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while connecting: %v\n%s", p, debug.Stack())
		}
		inTime := a.decided.CompareAndSwap(false, true)
		if conn != nil && (err != nil || !inTime) {
			_ = conn.Close()
		}
		if inTime {
			a.gen, a.err = gen, err
			close(a.done)
		}
	}()
	if conn, err = dial(ctx, a.opts); err == nil {
		gen, err = a.shakeHands(ctx, conn)
	}
}

// errNoResult is what an attempt ends with whose goroutine was ended by
// runtime.Goexit, in a Dialer for example.
var errNoResult = stderrors.New("the dialer ended its goroutine")

// shakeHands makes a generation of a connection.
func (a *attempt) shakeHands(ctx context.Context, conn net.Conn) (*generation, error) {
	// The deadline covers a server that says nothing, or one byte at a time; the
	// AfterFunc a Close in the middle of it, and connections that know no deadlines.
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline)
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })

	g := newGeneration(a.queue, conn, a.opts.Addr)
	h := handshake{
		conn: conn, reader: g.reader, opts: a.opts,
		identify: a.queue.identify, replay: a.replay, probe: a.probe,
	}
	err := h.run(ctx)
	g.protocol, g.id = h.protocol, h.id
	if !stop() && err == nil {
		err = ctx.Err() // the AfterFunc has run or is running: the connection is closed
	}
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Time{})
	return g, nil
}

// dial opens the connection, with TLS if that is asked for.
func dial(ctx context.Context, opts *Options) (net.Conn, error) {
	network := networkOf(opts.Addr)
	conn, err := opts.Dialer(ctx, network, opts.Addr)
	if err != nil {
		return nil, err
	}
	conn = socket.Wrap(conn)
	if opts.TLS == nil {
		return conn, nil
	}
	secure := tls.Client(conn, tlsConfig(opts))
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secure, nil
}

// tlsConfig fills in the name that the server's certificate must carry.
func tlsConfig(opts *Options) *tls.Config {
	if opts.TLS.ServerName != "" {
		return opts.TLS
	}
	cfg := opts.TLS.Clone()
	if host, _, err := net.SplitHostPort(opts.Addr); err == nil {
		cfg.ServerName = host
	}
	return cfg
}

// connectError makes the typed error of a failed attempt. No command has run.
func connectError(ctx context.Context, opts *Options, err error) error {
	e := &errors.ConnectionError{Op: errors.OpConnect, Addr: opts.Addr, Err: err, Effect: errors.NotExecuted}
	late := stderrors.Is(ctx.Err(), context.DeadlineExceeded) || stderrors.Is(err, context.DeadlineExceeded) || stderrors.Is(err, os.ErrDeadlineExceeded)
	if late && !stderrors.Is(ctx.Err(), context.Canceled) {
		return &errors.TimeoutError{Op: errors.OpConnect, Addr: opts.Addr, After: opts.ConnectTimeout, Effect: errors.NotExecuted, Err: e}
	}
	return e
}
