package servers

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// Limit bounds how long a server may take to answer after its start, and to end after SIGTERM.
const Limit = 15 * time.Second

// Process is one run of a Program. Its methods are safe for concurrent use.
type Process struct {
	// Pid is the process id.
	Pid int

	cmd  *exec.Cmd
	done chan struct{} // closed when it has been waited for
}

// Start runs the program in the folder dir, where what it prints is appended to the file log. The kernel kills it (on Linux)
// when this process dies. It has not answered yet when Start returns; see Ready.
func (p Program) Start(dir string, args ...string) (*Process, error) {
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(p.Path, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	dieWithParent(cmd)

	proc := &Process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// Linux kills the child when the thread that started it ends, not the process: this goroutine keeps the thread for
		// as long as the server lives. Wait leaves no zombie behind.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(proc.done)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	proc.Pid = cmd.Process.Pid
	return proc, nil
}

// Ready waits until probe succeeds, for Limit at most, and fails at once when the process has ended. probe tells the id of
// the process that answers, and 0 when it could not be asked: between the choice of a port and the server's bind another
// server can have taken it. With a nil Process it waits for a server that somebody else has started, whatever its id.
func (p *Process) Ready(probe func() (pid int, err error)) error {
	var ended chan struct{} // nil is never ready
	if p != nil {
		ended = p.done
	}
	giveUp := time.NewTimer(Limit)
	defer giveUp.Stop()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		pid, err := probe()
		switch {
		case p != nil && pid != 0 && pid != p.Pid:
			return fmt.Errorf("there answers process %d, not %d", pid, p.Pid)
		case err == nil:
			return nil
		}
		select {
		case <-ended:
			return errors.New("the server ended at once")
		case <-giveUp.C:
			return fmt.Errorf("no answer within %v: %w", Limit, err)
		case <-again.C:
		}
	}
}

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Pause stops the process by SIGSTOP and returns when it has stopped: connections stall, new dials still succeed.
func (p *Process) Pause() error { return pause(p.Pid) }

// Resume lets a paused process go on by SIGCONT.
func (p *Process) Resume() error { return resume(p.Pid) }

// Stop ends the process by SIGTERM, paused or not, and waits for its end; after Limit it is killed, and Stop fails.
func (p *Process) Stop() error {
	if err := terminate(p.Pid); err != nil {
		return err
	}
	giveUp := time.NewTimer(Limit)
	defer giveUp.Stop()
	select {
	case <-p.done:
		return nil
	case <-giveUp.C:
		p.Kill()
		return fmt.Errorf("still running %v after SIGTERM", Limit)
	}
}

// Kill ends the process by SIGKILL and waits for its end.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// FreeAddr is an address on 127.0.0.1 whose port was free at the moment of the call.
func FreeAddr() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

// Log is the end of what the programs run in dir have printed, at most 4 KiB.
func Log(dir string) string {
	log, err := os.ReadFile(filepath.Join(dir, "log"))
	if err != nil {
		return ""
	}
	return string(log[max(0, len(log)-4096):])
}
