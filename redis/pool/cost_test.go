package pool_test

import (
	"context"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/pool"
)

func TestAnUncontendedLoanCostsOneAllocation(t *testing.T) {
	if raceEnabled {
		t.Skip("costs are measured without the race detector")
	}
	srv := redistest.NewFake(t)
	p := pool.New(pool.Options{Options: redis.Options{Addr: "fake:6379", Dialer: srv.DialContext}, HealthCheckAfter: -1})
	defer p.Close()
	ctx := context.Background()
	if n := testing.AllocsPerRun(1000, func() {
		c, err := p.Acquire(ctx)
		if err != nil {
			t.Fatal(err)
		}
		_ = p.Release(c)
	}); n > 1 {
		t.Errorf("%v allocations for Acquire and Release; want 1, the Conn", n)
	}
}

func BenchmarkAcquireRelease(b *testing.B) {
	srv := redistest.NewFake(b)
	p := pool.New(pool.Options{Options: redis.Options{Addr: "fake:6379", Dialer: srv.DialContext}})
	defer p.Close()
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		c, err := p.Acquire(ctx)
		if err != nil {
			b.Fatal(err)
		}
		_ = p.Release(c)
	}
}
