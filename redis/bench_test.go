package redis_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

// byCallers runs a benchmark for several numbers of goroutines that share one
// client, each of which awaits every reply.
func byCallers(b *testing.B, op func(ctx context.Context) error) {
	for _, callers := range []int{1, 16, 128, 1024} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			ctx := context.Background()
			share := b.N/callers + 1
			var wg sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for range callers {
				wg.Go(func() {
					for range share {
						if err := op(ctx); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

func fill(b *testing.B, client *redis.Client) (keys []string) {
	b.Helper()
	var hash, list []any
	for i := range 100 {
		keys = append(keys, "key:"+strconv.Itoa(i))
		client.Set(keys[i], "value of sixteen")
		hash = append(hash, "field:"+strconv.Itoa(i), "value of sixteen")
	}
	for range 1000 {
		list = append(list, "value of sixteen")
	}
	client.HSet("hash", hash...)
	client.RPush("list", list...)
	client.Set("64k", strings.Repeat("x", 64<<10))
	if _, err := client.Set("k", "value of sixteen").Await(context.Background()); err != nil {
		b.Fatal(err)
	}
	return keys
}

func BenchmarkGet(b *testing.B) {
	client, _ := startClient(b)
	fill(b, client)
	byCallers(b, func(ctx context.Context) error { _, err := client.Get("k").Await(ctx); return err })
}

func BenchmarkSet(b *testing.B) {
	client, _ := startClient(b)
	var value any = "value of sixteen"
	byCallers(b, func(ctx context.Context) error { _, err := client.Set("k", value).Await(ctx); return err })
}

func BenchmarkIncr(b *testing.B) {
	client, _ := startClient(b)
	byCallers(b, func(ctx context.Context) error { _, err := client.Incr("n").Await(ctx); return err })
}

func BenchmarkMGet100(b *testing.B) {
	client, _ := startClient(b)
	keys := fill(b, client)
	byCallers(b, func(ctx context.Context) error { _, err := client.MGet(keys...).Await(ctx); return err })
}

func BenchmarkHGetAll100(b *testing.B) {
	client, _ := startClient(b)
	fill(b, client)
	byCallers(b, func(ctx context.Context) error { _, err := client.HGetAll("hash").Await(ctx); return err })
}

func BenchmarkLRange1000(b *testing.B) {
	client, _ := startClient(b)
	fill(b, client)
	byCallers(b, func(ctx context.Context) error { _, err := client.LRange("list", 0, -1).Await(ctx); return err })
}

func BenchmarkGet64KiB(b *testing.B) {
	client, _ := startClient(b)
	fill(b, client)
	byCallers(b, func(ctx context.Context) error { _, err := client.Get("64k").Await(ctx); return err })
}

// One caller that keeps a thousand commands in flight.
func BenchmarkGetWindow1000(b *testing.B) {
	client, _ := startClient(b)
	fill(b, client)
	ctx := context.Background()
	window := make([]*future.Future[redis.Opt[string]], 1000)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		slot := i % len(window)
		if f := window[slot]; f != nil {
			if _, err := f.Await(ctx); err != nil {
				b.Fatal(err)
			}
		}
		window[slot] = client.Get("k")
	}
	for _, f := range window {
		if f != nil {
			_, _ = f.Await(ctx)
		}
	}
}
