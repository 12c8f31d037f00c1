// Chat is a chat for browsers on the channel layer of examples/channellayer: rooms, who is there, what was said before, and a notice
// when the server of it all was away.
//
//	go run ./examples/chat                        # a Redis at localhost:6379, or REDIS_URL
//	open http://localhost:8080/?room=garden&name=Ada
//
// Any number of these programs may run side by side, on the same Redis.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/futureio/futureio-go/redis"
)

func main() {
	listen := flag.String("listen", "localhost:8080", "where browsers find it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *listen, cmp.Or(os.Getenv("REDIS_URL"), "redis://localhost:6379")); err != nil {
		fmt.Fprintln(os.Stderr, "chat:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, listen, url string) error {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/?room=garden&name=Ada\n", ln.Addr())
	return serve(ctx, ln, opts)
}

// serve serves browsers on ln until ctx ends.
func serve(ctx context.Context, ln net.Listener, opts redis.Options) error {
	client := redis.New(opts)
	defer client.Close()
	c, err := newChat(ctx, client)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	defer c.close()
	web := &http.Server{
		Handler:           c.handler(),
		BaseContext:       func(net.Listener) context.Context { return ctx }, // ends the streams of events too
		ReadHeaderTimeout: 10 * time.Second,
	}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		late, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		done <- web.Shutdown(late)
	}()
	if err := web.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}
