package redis_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

func BenchmarkGet(b *testing.B) {
	srv := redistest.Start(b, redistest.Options{Flavor: redistest.Redis})
	for _, callers := range []int{1, 16, 128, 1024} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			client := redis.New(redis.Options{Addr: srv.Addr})
			defer client.Close()
			ctx := context.Background()
			client.Set("k", strings.Repeat("x", 16)).Await(ctx)
			b.ReportAllocs()
			b.ResetTimer()
			per := b.N/callers + 1
			done := make(chan error, callers)
			for range callers {
				go func() {
					for range per {
						if _, err := client.Get("k").Await(ctx); err != nil {
							done <- err
							return
						}
					}
					done <- nil
				}()
			}
			for range callers {
				if err := <-done; err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
