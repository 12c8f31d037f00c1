package pool

import (
	"context"
	stderrors "errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/futureio/futureio-go/internal/lend"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
)

// Pool lends connections to one server. It has every command as a method, too: such a command runs on a connection
// that is lent for it and returned when it is settled; see Do.
//
// A Pool is safe for any number of goroutines. It must not be copied and must be closed by Close.
type Pool struct {
	commands.Commands

	opts   Options
	broken error // the options cannot be used: everything fails with this
	lines  *redis.Lines
	stock  *lend.Stock[*berth]

	counts counts

	mu      sync.Mutex
	closing bool
	cut     []*redis.Line // guarded by mu: what Close has cut, to be waited for
}

// berth is one connection of a pool.
type berth struct {
	pool *Pool
	item *lend.Item[*berth]
	line *redis.Line
	born time.Time
}

// New makes a pool, and begins to make Min connections. When the options cannot be used, everything fails with
// an *ArgumentError that says why.
func New(opts Options) *Pool {
	p := &Pool{}
	p.opts, p.broken = opts.withDefaults()
	p.lines = redis.NewLines(opts.Options)
	if err := p.lines.Err(); err != nil && p.broken == nil {
		p.broken = err
	}
	p.opts.Options = p.lines.Options()
	p.Commands = commands.On(p).Prefixed(p.opts.Options.KeyPrefix)
	if p.broken != nil {
		return p
	}
	from := lend.Options[*berth]{
		Min:         p.opts.Min,
		Max:         p.opts.Max,
		IdleTimeout: max(p.opts.IdleTimeout, 0),
		MaxLifetime: p.opts.MaxLifetime,
		Jitter:      lifetimeJitter,
		CheckAfter:  p.opts.HealthCheckAfter,
		Make:        p.makeBerth,
		Ready:       (*berth).connect,
		Usable:      func(b *berth) bool { return b.line.Usable() },
		Destroy:     (*berth).destroy,
		Retry:       func(failures int) time.Duration { return retryDelay(&p.opts.Options, failures) },
		Closed:      &errors.DisconnectedError{Reason: "the pool is closed"},
	}
	if p.opts.HealthCheckAfter >= 0 {
		from.Check = (*berth).check
	}
	p.stock = lend.New(from)
	return p
}

// Acquire lends a connection, to be given back by Release. It waits while all are lent, first come first served. It fails with
//
//   - a *TimeoutError when AcquireTimeout, or the deadline of ctx, passes first,
//   - context.Cause(ctx) when ctx is cancelled,
//   - the error of connecting, when one was made for this call and could not be,
//   - a *DisconnectedError when the pool is closed.
//
// It is a blocking call on purpose: a future of a connection that is abandoned would be a connection that is lost.
func (p *Pool) Acquire(ctx context.Context) (*redis.Conn, error) {
	if p.broken != nil {
		return nil, p.broken
	}
	start := p.now()
	item, err := p.stock.Acquire(ctx, max(p.opts.AcquireTimeout, 0))
	if err != nil {
		err = p.acquireError(ctx, err)
		p.acquired(start, err)
		return nil, err
	}
	p.acquired(start, nil)
	return item.Thing.line.Lend(), nil
}

// acquireError makes the error of an Acquire, and counts it.
func (p *Pool) acquireError(ctx context.Context, err error) error {
	limit := p.opts.AcquireTimeout
	switch {
	case err == lend.ErrLimit:
	case ctx.Err() == nil || err != context.Cause(ctx):
		return err
	case stderrors.Is(err, context.DeadlineExceeded):
		limit = 0 // that of the context: it knows
	default:
		p.gaveUp(false)
		return err
	}
	p.gaveUp(true)
	return p.timeout("", limit)
}

// timeout is the error of who has waited for a connection too long.
func (p *Pool) timeout(command string, limit time.Duration) error {
	s := p.stock.Stats()
	why := fmt.Errorf("%d of %d connections lent, %d being made or checked, %d idle, %d others waiting", s.Lent, p.opts.Max, s.Making+s.Checking, s.Idle, s.Waiting)
	return &errors.TimeoutError{Op: errors.OpAcquire, Addr: p.opts.Options.Addr, Command: command, After: limit, Effect: errors.NotExecuted, Err: why}
}

// Release takes back what Acquire has lent. It does not wait. From now on the Conn refuses every command with an *ArgumentError.
//
// A connection with anything left on it that the next would feel is not lent again, but closed: between Multi and Exec,
// with watched keys, with commands that are not answered, with settings that Select, Auth, ClientSetName and the like have
// changed. See Options.CleanOnRelease.
//
// What is not lent by this pool, or was given back before, is refused with an *ArgumentError; nothing happens to
// the connection. Since a deferred Release has nobody to look at its result, OnError and the Logger hear of it too.
func (p *Pool) Release(c *redis.Conn) error {
	b, misuse := p.berthOf(c)
	var left redis.Session
	if misuse == "" {
		ok := false
		if left, ok = b.line.Retrieve(c); !ok {
			misuse = "it was released before"
		}
	}
	if misuse != "" {
		p.counts.misuses.Add(1)
		err := &errors.ArgumentError{Command: "Release", Argument: "c", Reason: misuse}
		p.lines.Report(err)
		return err
	}
	p.released(left)
	switch {
	case left.Clean():
		p.stock.Release(b.item, true)
	case p.opts.CleanOnRelease && onlyTransaction(left):
		b.clean(left)
	default:
		p.stock.Release(b.item, false)
	}
	return nil
}

// berthOf finds the berth of a Conn, or says why there is none.
func (p *Pool) berthOf(c *redis.Conn) (b *berth, misuse string) {
	if c == nil {
		return nil, "it is nil"
	}
	line := redis.LineOf(c)
	if line == nil {
		return nil, "it is not from a pool"
	}
	if b, _ = line.Owner.(*berth); b == nil || b.pool != p {
		return nil, "it is from another pool"
	}
	return b, ""
}

// With lends a connection to fn and takes it back when fn returns or panics. It returns what fn returns, or the error of Acquire. The
// Conn must not be used after that.
//
//	n, err := pool.With(ctx, p, func(ctx context.Context, c *redis.Conn) (int64, error) {
//		c.Select(5)
//		return c.DBSize().Await(ctx)
//	})
func With[T any](ctx context.Context, p *Pool, fn func(ctx context.Context, c *redis.Conn) (T, error)) (T, error) {
	c, err := p.Acquire(ctx)
	if err != nil {
		var none T
		return none, err
	}
	defer func() { _ = p.Release(c) }()
	return fn(ctx, c)
}

// Close closes the pool: who waits for a connection fails, and so does everybody from now on; idle connections are closed, and
// those that are lent when they are released. Close again does nothing.
func (p *Pool) Close() error {
	if p.broken != nil {
		return nil
	}
	p.mu.Lock()
	p.closing = true
	p.mu.Unlock()
	p.stock.Close()
	p.mu.Lock()
	cut := p.cut
	p.cut = nil
	p.mu.Unlock()
	for _, line := range cut {
		line.Wait()
	}
	return nil
}

// String shows where the pool connects to, without the password.
func (p *Pool) String() string { return "redis.Pool(" + p.opts.Options.String() + ")" }

// Format keeps every verb of package fmt from showing the password (law G12).
func (p *Pool) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }
