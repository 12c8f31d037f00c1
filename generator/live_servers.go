package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// startLimit bounds how long a server may take from its start to its first answer.
const startLimit = 15 * time.Second

// errEnded says that a server ended when it was to answer, as it does when its port is taken.
var errEnded = errors.New("it ended at once")

// startedServer is a server that this program started on 127.0.0.1. It holds no data and writes none.
type startedServer struct {
	addr  string
	cmd   *exec.Cmd
	home  string        // its working folder
	log   bytes.Buffer  // what it printed, to be read when ended is closed
	ended chan struct{} // closed when the process has ended
}

// readStarted reads the facts of a server that it starts for it: DIR/NAME/bin/PROJECT-server, as internal/redistest/servers.sh
// unpacks them.
func readStarted(ctx context.Context, name, dir string) (serverDoc, error) {
	server, err := parseServer(name)
	if err != nil {
		return nil, err
	}
	program, err := filepath.Abs(filepath.Join(dir, name, "bin", server.Project+"-server"))
	if err != nil {
		return nil, err
	}
	s, err := startServer(ctx, name, program)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	defer s.stop()
	return readServer(ctx, name, s.addr)
}

// startServer starts a program and waits until it answers. The caller stops it; the end of ctx does, too.
func startServer(ctx context.Context, name, program string) (*startedServer, error) {
	// Between the choice of a port and the server's bind another process can take it.
	for attempt := 1; ; attempt++ {
		s, err := launch(ctx, program)
		if err != nil {
			return nil, err
		}
		if err = s.waitForAnswer(ctx, name); err == nil {
			return s, nil
		}
		s.stop()
		if attempt == 3 || !errors.Is(err, errEnded) {
			if said := strings.TrimSpace(s.log.String()); said != "" {
				err = fmt.Errorf("%w; it said:\n%s", err, said)
			}
			return nil, err
		}
	}
}

func launch(ctx context.Context, program string) (*startedServer, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := ln.Addr().String()
	ln.Close()
	home, err := os.MkdirTemp("", "spec")
	if err != nil {
		return nil, err
	}
	s := &startedServer{addr: addr, home: home, ended: make(chan struct{})}
	_, port, _ := net.SplitHostPort(addr)
	s.cmd = exec.CommandContext(ctx, program, "--bind", "127.0.0.1", "--port", port, "--dir", home,
		"--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", "")
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = home, &s.log, &s.log
	if err := s.cmd.Start(); err != nil {
		os.RemoveAll(home)
		return nil, err
	}
	go func() {
		defer close(s.ended)
		s.cmd.Wait()
	}()
	return s, nil
}

// waitForAnswer returns when the server answers, and it is this process that does.
func (s *startedServer) waitForAnswer(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		err := s.answers(ctx, name)
		var unreachable *unreachableError
		if !errors.As(err, &unreachable) { // nil, or for good
			return err
		}
		select {
		case <-s.ended:
			return errEnded
		case <-ctx.Done():
			return err
		case <-again.C:
		}
	}
}

func (s *startedServer) answers(ctx context.Context, name string) error {
	c, err := dialLive(ctx, name, s.addr)
	if err != nil {
		return err
	}
	defer c.close()
	id, err := c.processID()
	if err == nil && id != s.cmd.Process.Pid {
		<-s.ended // its port is another's, so it ends
		return errEnded
	}
	return err
}

// stop ends the process and removes its folder.
func (s *startedServer) stop() {
	s.cmd.Process.Kill()
	<-s.ended
	os.RemoveAll(s.home)
}
