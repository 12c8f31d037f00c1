package redis_test

import (
	"testing"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviours D10, D11. HELLO is answered while a server loads its data.
func TestWhatIsQueuedWaitsForAServerThatLoadsItsData(t *testing.T) {
	// The server saves its keys when it is stopped, and takes half a second to load them, in which it answers.
	args := []string{"--save", "3600 1", "--enable-debug-command", "yes", "--key-load-delay", "500", "--loading-process-events-interval-bytes", "1024"}
	redistest.EachWith(t, redistest.Options{Args: args}, func(t *testing.T, srv *redistest.Server) {
		srv.Do("DEBUG", "POPULATE", "1000", "key", "100")
		down := make(chan string, 1)
		client := redis.New(redis.Options{Addr: srv.Addr, OnDisconnect: func(_ *redis.Client, reason string) {
			select {
			case down <- reason:
			default:
			}
		}})
		defer client.Close()
		await(t, client.Set("n", 0))
		srv.Stop()
		<-down // what is issued from now on is queued
		var queued []*future.Future[int64]
		for range 100 {
			queued = append(queued, client.Incr("n"))
		}
		srv.Restart()
		for i, f := range queued {
			if n, err := f.Await(limit(t)); err != nil || n != int64(i+1) {
				t.Fatalf("INCR %d, queued while the server was down = %d, %v; want %d", i, n, err, i+1)
			}
		}
	})
}
