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
	"time"
)

// startLimit bounds how long a server may take from its start until it can be connected to.
const startLimit = 15 * time.Second

// readStarted reads the facts of a server that it starts for that and ends afterwards. The program
// is DIR/NAME/bin/PROJECT-server, as internal/redistest/servers.sh unpacks it.
//
// The server listens on a unix socket in a folder of its own, so that no other one can answer in
// its place. It holds no data and writes none.
func readStarted(ctx context.Context, name, dir string) (serverDoc, error) {
	server, err := parseServer(name)
	if err != nil {
		return nil, err
	}
	program, err := filepath.Abs(filepath.Join(dir, name, "bin", server.Project+"-server"))
	if err != nil {
		return nil, err
	}
	home, err := os.MkdirTemp("", "spec")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(home)
	socket := filepath.Join(home, "socket")

	var log bytes.Buffer // to be read after Wait
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, program, "--port", "0", "--unixsocket", socket, "--dir", home,
		"--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", "")
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = home, &log, &log, time.Second
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("%s does not start: %w; internal/redistest/servers.sh %[1]s gets it", name, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		cmd.Wait()
	}()
	defer func() {
		cancel() // kills it
		<-ended
	}()
	if err := waitForSocket(ctx, socket, ended); err != nil {
		cancel()
		<-ended
		return nil, fmt.Errorf("%s does not start: %w; it said:\n%s", name, err, bytes.TrimSpace(log.Bytes()))
	}
	return readServer(ctx, name, socket)
}

// waitForSocket returns when the socket takes connections.
func waitForSocket(ctx context.Context, socket string, ended <-chan struct{}) error {
	giveUp := time.NewTimer(startLimit)
	defer giveUp.Stop()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		conn, err := net.Dial("unix", socket)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ended:
			return errors.New("it ended at once")
		case <-giveUp.C:
			return fmt.Errorf("no answer within %v: %w", startLimit, err)
		case <-again.C:
		}
	}
}
