package pool_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/pool"
)

// bubble runs a test in virtual time against a scripted server in memory.
func bubble(t *testing.T, test func(t *testing.T, srv *redistest.Fake)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, redistest.NewFake(t)) })
}

// newPool makes a pool of a scripted server, closed with the test.
func newPool(t *testing.T, srv *redistest.Fake, change ...func(o *pool.Options)) *pool.Pool {
	t.Helper()
	opts := pool.Options{Options: redis.Options{Addr: "fake:6379", Dialer: srv.DialContext}}
	for _, c := range change {
		c(&opts)
	}
	p := pool.New(opts)
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// limit ends a wait that would be for ever.
func limit(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func acquire(t *testing.T, p *pool.Pool) *redis.Conn {
	t.Helper()
	c, err := p.Acquire(limit(t))
	if err != nil {
		t.Fatalf("Acquire = %v", err)
	}
	return c
}

func release(t *testing.T, p *pool.Pool, c *redis.Conn) {
	t.Helper()
	if err := p.Release(c); err != nil {
		t.Fatalf("Release = %v", err)
	}
}

func await[T any](t *testing.T, f *future.Future[T]) T {
	t.Helper()
	v, err := f.Await(limit(t))
	if err != nil {
		t.Fatalf("Await = %v, %v; want a value", v, err)
	}
	return v
}

// isA fails the test unless err is an E.
func isA[E error](t *testing.T, err error) E {
	t.Helper()
	var want E
	if !errors.As(err, &want) {
		t.Fatalf("error = %v (%T); want a %T", err, err, want)
	}
	return want
}

// books fails the test unless the counters of a pool that nobody uses add up.
func books(t *testing.T, p *pool.Pool) pool.Stats {
	t.Helper()
	s := p.Stats()
	switch {
	case s.Active != 0, s.Waiting != 0,
		s.Total != s.Active+s.Idle+s.Connecting+s.Checking+s.Closing,
		s.Requests != s.Acquired+s.Timeouts+s.Cancelled+s.Failed,
		s.Acquired != s.Released,
		s.Created != s.Destroyed+uint64(s.Idle+s.Checking):
		t.Errorf("Stats = %+v; want them to add up", s)
	}
	return s
}

// counter is a Dialer that counts the open connections.
type counter struct {
	dial func(ctx context.Context, network, addr string) (net.Conn, error)

	mu         sync.Mutex
	open, most int
}

func (c *counter) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	c.mu.Lock()
	c.open++
	c.most = max(c.most, c.open)
	c.mu.Unlock()
	conn, err := c.dial(ctx, network, addr)
	if err != nil {
		c.closed()
		return nil, err
	}
	return &counted{Conn: conn, counter: c}, nil
}

func (c *counter) closed() {
	c.mu.Lock()
	c.open--
	c.mu.Unlock()
}

func (c *counter) counts() (open, most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open, c.most
}

type counted struct {
	net.Conn
	counter *counter
	once    sync.Once
}

func (c *counted) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.counter.closed)
	return err
}
