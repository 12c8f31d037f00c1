package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/futureio/futureio-go/internal/servers"
	"github.com/futureio/futureio-go/redis"
)

// host is the server: one that is there, or one that the program has started.
type host struct {
	addr string
	name string

	dir  string
	proc *servers.Process // nil: not ours
}

// serve finds the server at addr, or starts one.
func serve(addr, wanted string) (*host, error) {
	if addr != "" {
		h := &host{addr: addr}
		return h, h.greet()
	}
	found := servers.Find(wanted)
	if len(found) == 0 {
		return nil, fmt.Errorf("no server on PATH or under .servers/: run make servers, or name a running one by -addr")
	}
	dir, err := os.MkdirTemp("", "channellayer-")
	if err != nil {
		return nil, err
	}
	h := &host{dir: dir}
	// Between the choice of a port and the server's bind somebody else can take it; then the next one is tried.
	for range 5 {
		if h.addr, err = servers.FreeAddr(); err != nil {
			break
		}
		_, port, _ := net.SplitHostPort(h.addr)
		h.proc, err = found[0].Start(dir, "--port", port, "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", "")
		if err != nil {
			break
		}
		if err = h.proc.Ready(h.pid); err == nil {
			return h, h.greet()
		}
		h.proc.Kill()
		h.proc = nil
	}
	h.close()
	return nil, err
}

// pid asks the server for its process.
func (h *host) pid() (int, error) {
	info, err := h.info()
	pid, _ := strconv.Atoi(info.Field("process_id"))
	return pid, err
}

func (h *host) greet() error {
	info, err := h.info()
	h.name = "Redis " + info.Field("redis_version")
	if v := info.Field("valkey_version"); v != "" {
		h.name = "Valkey " + v
	}
	return err
}

func (h *host) info() (redis.Info, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := redis.Dial(ctx, redis.Options{Addr: h.addr, ReconnectMaxAttempts: 1})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return conn.Info("server").Await(ctx)
}

func (h *host) close() {
	if h.proc != nil {
		h.proc.Kill()
	}
	if h.dir != "" {
		_ = os.RemoveAll(h.dir)
	}
}
