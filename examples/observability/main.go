// Observability is a dashboard: one web page that shows, second by second, what a client does while it is under load and its
// connections are killed now and then. All it shows comes from redis.Observer and Client.Stats.
//
//	go run ./examples/observability              # then open what it prints
//	go run ./examples/observability -kill 0 -callers 128
//
// It talks to the server that REDIS_URL names, or starts one. The load writes keys "observability:…", and kills the connections of
// every client of the server: take one that nobody else uses.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/futureio/futureio-go/examples/internal/server"
	"github.com/futureio/futureio-go/redis"
)

func main() {
	listen := flag.String("listen", "localhost:8081", "where browsers find it")
	var l load
	flag.IntVar(&l.callers, "callers", 16, "goroutines that call commands")
	flag.DurationVar(&l.kill, "kill", 10*time.Second, "how often all connections are killed; 0: never")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *listen, l); err != nil {
		fmt.Fprintln(os.Stderr, "observability:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, listen string, l load) error {
	opts, stop, err := server.Started(os.Stdout)
	if err != nil {
		return err
	}
	defer stop()
	ln, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/\n", ln.Addr())
	return serve(ctx, ln, opts, l)
}

// serve puts load on the server, and shows it to browsers on ln, until ctx ends.
func serve(ctx context.Context, ln net.Listener, opts redis.Options, l load) error {
	rec := newRecorder()
	opts.Observer = rec.observer()
	client := redis.New(opts)
	defer client.Close()
	opts.Observer = nil
	ctx, end := context.WithCancel(ctx)
	loaded := l.start(ctx, client, opts)
	defer loaded.Wait()
	defer end() // also when nobody can be served

	web := &http.Server{Handler: handler(rec), ReadHeaderTimeout: 10 * time.Second}
	down := make(chan error, 1)
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case now := <-tick.C:
				rec.close(now, client.Stats())
			case <-ctx.Done():
				late, cancel := context.WithTimeout(context.Background(), 5*time.Second)
				defer cancel()
				down <- web.Shutdown(late)
				return
			}
		}
	}()
	if err := web.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-down
}
