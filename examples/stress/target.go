package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/futureio/futureio-go/internal/servers"
	"github.com/futureio/futureio-go/redis"
)

// target is the server under load: one that the program has started, or one that was there.
type target struct {
	name    string        // "redis-7.0 on 127.0.0.1:7000"
	options redis.Options // how to connect

	program servers.Program // the zero value for one that was there
	dir     string
	args    []string

	mu   sync.Mutex
	proc *servers.Process // guarded by mu; nil when not running
}

// probeLimit bounds one attempt to ask the server something.
const probeLimit = 5 * time.Second

// open connects to the server that the settings name, or starts one.
func open(s *settings) (*target, error) {
	if !s.external {
		return start(s.program)
	}
	opts, err := s.options()
	if err != nil {
		return nil, err
	}
	t := &target{name: opts.String(), options: opts}
	info, err := t.info()
	if err != nil {
		return nil, err
	}
	t.name = fmt.Sprintf("%s at %s", versionOf(info), opts)
	return t, nil
}

// start runs a server on 127.0.0.1 whose data survives a restart: what it has acknowledged is on the disk.
func start(wanted string) (*target, error) {
	found := servers.Find(wanted)
	if len(found) == 0 {
		if wanted == "" {
			wanted = "redis or valkey"
		}
		return nil, fmt.Errorf("no %s server on PATH or under .servers/: run make servers, or name a running one by -addr", wanted)
	}
	dir, err := os.MkdirTemp("", "stress-server-")
	if err != nil {
		return nil, err
	}
	t := &target{program: found[0], dir: dir, args: []string{
		"--bind", "127.0.0.1", "--dir", dir, "--daemonize", "no", "--logfile", "", "--save", "", "--appendonly", "yes", "--appendfsync", "always",
	}}
	// Between the choice of a port and the server's bind somebody else can take it; then the next one is tried.
	for range 5 {
		if t.options.Addr, err = servers.FreeAddr(); err != nil {
			break
		}
		if err = t.launch(); err == nil {
			info, infoErr := t.info()
			if err = infoErr; err == nil {
				t.name = fmt.Sprintf("%s (own, %s)", versionOf(info), t.options.Addr)
				return t, nil
			}
		}
		err = fmt.Errorf("%s: %w\n%s", t.program.Path, err, servers.Log(dir))
		t.kill()
	}
	t.close()
	return nil, err
}

// own tells whether the program has started the server, and so may stop it.
func (t *target) own() bool { return t.program.Path != "" }

// launch starts the server and returns when it has loaded its data.
func (t *target) launch() error {
	_, port, _ := net.SplitHostPort(t.options.Addr)
	proc, err := t.program.Start(t.dir, append([]string{"--port", port}, t.args...)...)
	if err != nil {
		return err
	}
	t.mu.Lock()
	t.proc = proc
	t.mu.Unlock()
	return proc.Ready(func() (pid int, err error) {
		info, err := t.info()
		pid, _ = strconv.Atoi(info.Field("process_id"))
		return pid, err
	})
}

// info asks the server about itself, on a connection of its own. Its error may be that the server loads its data.
func (t *target) info() (redis.Info, error) {
	ctx, cancel := context.WithTimeout(context.Background(), probeLimit)
	defer cancel()
	opts := t.options
	opts.ReadTimeout, opts.ReconnectMaxAttempts = probeLimit, 1
	conn, err := redis.Dial(ctx, opts)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	info, err := conn.Info("server").Await(ctx)
	if err == nil {
		_, err = conn.Ping().Await(ctx) // which is not answered while the server loads; INFO is
	}
	return info, err
}

func versionOf(info redis.Info) string {
	if v := info.Field("valkey_version"); v != "" {
		return "Valkey " + v
	}
	if v := info.Field("redict_version"); v != "" {
		return "Redict " + v
	}
	return "Redis " + info.Field("redis_version")
}

// process is that of an own server.
func (t *target) process() (*servers.Process, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.proc == nil {
		return nil, errors.New("the server is not running")
	}
	return t.proc, nil
}

// restart stops the server in good order, waits for down, and starts it again on the same port with its data.
func (t *target) restart(down time.Duration) error {
	proc, err := t.process()
	if err != nil {
		return err
	}
	if err := proc.Stop(); err != nil {
		return err
	}
	time.Sleep(down)
	if err := t.launch(); err != nil {
		return fmt.Errorf("%w\n%s", err, servers.Log(t.dir))
	}
	return nil
}

func (t *target) kill() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.proc != nil {
		t.proc.Kill()
		t.proc = nil
	}
}

// close ends an own server and removes its data.
func (t *target) close() {
	if t.own() {
		t.kill()
		_ = os.RemoveAll(t.dir)
	}
}
