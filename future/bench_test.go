package future_test

import (
	"context"
	"testing"

	"github.com/futureio/futureio-go/future"
)

func BenchmarkNewPromise(b *testing.B) {
	b.ReportAllocs()
	var sink *future.Promise[int64]
	for b.Loop() {
		sink = future.NewPromise[int64]()
	}
	_ = sink
}

// The part of a future that every command pays for: made, settled, awaited when the reply is there already.
func BenchmarkCompleteAndAwait(b *testing.B) {
	b.ReportAllocs()
	ctx := context.Background()
	for b.Loop() {
		p := future.NewPromise[int64]()
		p.Complete(1)
		if _, err := p.Future().Await(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFailAndAwait(b *testing.B) {
	b.ReportAllocs()
	ctx := context.Background()
	for b.Loop() {
		p := future.NewPromise[int64]()
		p.Fail(errBroken)
		if _, err := p.Future().Await(ctx); err != errBroken {
			b.Fatal(err)
		}
	}
}

// One goroutine settles what another one is parked on, and back: two switches of goroutines for each operation.
func BenchmarkAwaitThatParks(b *testing.B) {
	for _, reuse := range []bool{true, false} {
		name := "own waiter"
		if reuse {
			name = "reused waiter"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			s := newSettler(b)
			for b.Loop() {
				p := future.NewPromise[int64]()
				if reuse {
					p.Owner().ReuseWaiters()
				}
				s.promises <- p
				if _, err := p.Future().Await(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// 128 callers in a loop and one settler that serves whoever is there in one batch, as the reader of a connection
// does.
func Benchmark128CallersAndOneBatch(b *testing.B) {
	b.ReportAllocs()
	ctx := context.Background()
	requests := make(chan *future.Promise[int64], 128)
	stop := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		var batch future.Batch
		for {
			select {
			case p := <-requests:
				p.CompleteIn(&batch, 1)
				for len(requests) > 0 {
					p := <-requests
					p.CompleteIn(&batch, 1)
				}
				batch.Wake()
			case <-stop:
				return
			}
		}
	}()
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			p := future.NewPromise[int64]()
			p.Owner().ReuseWaiters()
			requests <- p
			if _, err := p.Future().Await(ctx); err != nil {
				b.Error(err)
			}
		}
	})
	close(stop)
	<-stopped
}

func BenchmarkMap(b *testing.B) {
	b.ReportAllocs()
	ctx := context.Background()
	next := func(n int64) (int64, error) { return n + 1, nil }
	for b.Loop() {
		p := future.NewPromise[int64]()
		f := future.Map(p.Future(), next)
		p.Complete(1)
		if _, err := f.Await(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAll100(b *testing.B) {
	b.ReportAllocs()
	ctx := context.Background()
	for b.Loop() {
		ps := make([]future.Promise[int64], 100)
		fs := make([]*future.Future[int64], len(ps))
		for i := range ps {
			fs[i] = ps[i].Future()
		}
		all := future.All(fs...)
		for i := range ps {
			ps[i].Complete(1)
		}
		if _, err := all.Await(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAwait2ThatParks(b *testing.B) {
	b.ReportAllocs()
	ctx := context.Background()
	promises := make(chan [2]*future.Promise[int64])
	go func() {
		for ps := range promises {
			untilWaiters(ps[1].Future(), 1)
			ps[0].Complete(1)
			ps[1].Complete(2)
		}
	}()
	for b.Loop() {
		p, q := future.NewPromise[int64](), future.NewPromise[int64]()
		promises <- [2]*future.Promise[int64]{p, q}
		if _, _, err := future.Await2(ctx, p.Future(), q.Future()); err != nil {
			b.Fatal(err)
		}
	}
	close(promises)
}
