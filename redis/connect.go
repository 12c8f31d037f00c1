package redis

import (
	"context"
	"crypto/tls"
	stderrors "errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"time"

	"github.com/futureio/futureio-go/redis/errors"
)

// connect makes one attempt: dials, speaks TLS, shakes hands. All of it happens
// within ConnectTimeout, whatever the server does or does not do. The generation
// it returns is not started.
func connect(ctx context.Context, opts *Options, q *queue) (_ *generation, failure error) {
	defer func() {
		// Dialer and Credentials are the caller's code. A panic there is a failed
		// attempt, which OnError hears of, and not the end of the program.
		if p := recover(); p != nil {
			failure = connectError(ctx, opts, fmt.Errorf("panic while connecting: %v\n%s", p, debug.Stack()))
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, opts.ConnectTimeout)
	defer cancel()
	conn, err := dial(ctx, opts)
	if err != nil {
		return nil, connectError(ctx, opts, err)
	}
	// The deadline covers a server that says nothing, or one byte at a time; the
	// AfterFunc a Close in the middle of it.
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline)
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })

	g := newGeneration(q, conn, opts.Addr)
	h := handshake{conn: conn, reader: g.reader, opts: opts}
	err = h.run(ctx)
	if !stop() && err == nil {
		err = ctx.Err() // the AfterFunc has run or is running: the deadline is not ours any more
	}
	if err != nil {
		_ = conn.Close()
		return nil, connectError(ctx, opts, err)
	}
	_ = conn.SetDeadline(time.Time{})
	g.info = h.info
	return g, nil
}

// dial opens the connection, with TLS if that is asked for.
func dial(ctx context.Context, opts *Options) (net.Conn, error) {
	network := networkOf(opts.Addr)
	conn, err := opts.Dialer(ctx, network, opts.Addr)
	if err != nil {
		return nil, err
	}
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
	late := stderrors.Is(err, context.DeadlineExceeded) || stderrors.Is(err, os.ErrDeadlineExceeded)
	if late && !stderrors.Is(ctx.Err(), context.Canceled) {
		return &errors.TimeoutError{Op: errors.OpConnect, Addr: opts.Addr, After: opts.ConnectTimeout, Effect: errors.NotExecuted, Err: e}
	}
	return e
}
