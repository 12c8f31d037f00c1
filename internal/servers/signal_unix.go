//go:build unix

package servers

import (
	"fmt"
	"syscall"
	"time"
)

// pause returns when the process has stopped: kill only asks for it, and an answer that the process still gave after kill
// returned would make a test flicker.
func pause(pid int) error {
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		return err
	}
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for range 5000 {
		if stopped(pid) {
			return nil
		}
		<-again.C
	}
	return fmt.Errorf("process %d runs on after SIGSTOP", pid)
}

func resume(pid int) error { return syscall.Kill(pid, syscall.SIGCONT) }

// terminate wakes a paused process, too: a stopped one would keep SIGTERM pending.
func terminate(pid int) error {
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return err
	}
	if err := resume(pid); err != syscall.ESRCH { // a fast one has ended by now
		return err
	}
	return nil
}
