// Package server finds what the examples talk to: the server that REDIS_URL names, or one of their own. A program of yours has its
// own way to the address of its server, and starts with redis.New or redis.ParseURL.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/futureio/futureio-go/internal/servers"
	"github.com/futureio/futureio-go/redis"
)

// Embedded gives the server of REDIS_URL, or one embedded in this program, and tells out which. stop ends an own one. The
// embedded server knows most commands; it cannot tell what is fast, and has no CLIENT UNBLOCK.
func Embedded(out io.Writer) (opts redis.Options, stop func(), err error) {
	if url := os.Getenv("REDIS_URL"); url != "" {
		return named(out, url)
	}
	embedded, err := miniredis.Run()
	if err != nil {
		return opts, nil, fmt.Errorf("start the embedded server: %w", err)
	}
	fmt.Fprintln(out, "server:         embedded in this program (set REDIS_URL to use your own)")
	return redis.Options{Addr: embedded.Addr()}, embedded.Close, nil
}

// Started gives the server of REDIS_URL, or starts a redis-server or valkey-server that is on PATH or under .servers, without
// persistence, and tells out which. stop ends an own one.
func Started(out io.Writer) (opts redis.Options, stop func(), err error) {
	if url := os.Getenv("REDIS_URL"); url != "" {
		return named(out, url)
	}
	found := servers.Find("")
	if len(found) == 0 {
		return opts, nil, errors.New("no redis-server or valkey-server on PATH or under .servers/: run make servers, or set REDIS_URL")
	}
	dir, err := os.MkdirTemp("", "example-server-")
	if err != nil {
		return opts, nil, err
	}
	// Between the choice of a port and the server's bind somebody else can take it; then another one is tried.
	for range 3 {
		var proc *servers.Process
		if proc, opts, err = start(found[0], dir); err == nil {
			fmt.Fprintf(out, "server:         %s, started for this program (set REDIS_URL to use your own)\n", found[0].Name)
			return opts, func() { proc.Kill(); _ = os.RemoveAll(dir) }, nil
		}
		err = fmt.Errorf("start %s: %w\n%s", found[0].Path, err, servers.Log(dir))
	}
	_ = os.RemoveAll(dir)
	return opts, nil, err
}

func named(out io.Writer, url string) (opts redis.Options, stop func(), err error) {
	if opts, err = redis.ParseURL(url); err != nil {
		return opts, nil, fmt.Errorf("REDIS_URL: %w", err)
	}
	fmt.Fprintf(out, "server:         REDIS_URL, that is %v\n", opts)
	return opts, func() {}, nil
}

// start runs a program on a free port and waits until it answers.
func start(program servers.Program, dir string) (*servers.Process, redis.Options, error) {
	addr, err := servers.FreeAddr()
	if err != nil {
		return nil, redis.Options{}, err
	}
	opts := redis.Options{Addr: addr}
	_, port, _ := net.SplitHostPort(addr)
	proc, err := program.Start(dir, "--bind", "127.0.0.1", "--port", port, "--dir", dir, "--daemonize", "no", "--logfile", "",
		"--save", "", "--appendonly", "no")
	if err != nil {
		return nil, opts, err
	}
	if err := proc.Ready(func() (int, error) { return pid(opts) }); err != nil {
		proc.Kill()
		return nil, opts, err
	}
	return proc, opts, nil
}

// pid asks a server which process it is.
func pid(opts redis.Options) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	opts.ReconnectMaxAttempts = 1
	conn, err := redis.Dial(ctx, opts)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	info, err := conn.Info("server").Await(ctx)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(info.Field("process_id"))
}
