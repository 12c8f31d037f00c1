// Package network gives a run a network of its own: a loopback that nothing else uses, with the congestion control that Linux has by default.
//
// Servers and clients send by whatever congestion control the machine is set to. BBR paces what it sends by a timer of each connection, which makes large
// replies over loopback up to twice as dear for a server, and lets it stand idle in between: what is measured then is the timer, and every client looks alike.
package network

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// congestion is the file of the congestion control of new connections. Each network has its own.
const congestion = "/proc/sys/net/ipv4/tcp_congestion_control"

// ErrNotAllowed tells that the machine lets us have no network of our own.
var ErrNotAllowed = errors.New("no network of its own is allowed here")

// Rerun runs this program again with args in a network of its own, and waits for it. Its error is ErrNotAllowed if it has not been started, and an
// *exec.ExitError if it has failed. In there, Prepare comes first.
func Rerun(args ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, flags := range []uintptr{
		syscall.CLONE_NEWNET, // for root
		syscall.CLONE_NEWNET | syscall.CLONE_NEWUSER,
	} {
		cmd := exec.Command(self, args...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags, Pdeathsig: syscall.SIGKILL}
		if flags&syscall.CLONE_NEWUSER != 0 {
			// We stay who we are, and may set up that network nevertheless.
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
			cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
			cmd.SysProcAttr.AmbientCaps = []uintptr{unix.CAP_NET_ADMIN}
		}
		if err = cmd.Start(); err == nil {
			return cmd.Wait()
		}
	}
	return fmt.Errorf("%w: %w", ErrNotAllowed, err)
}

// Prepare makes a network that Rerun has made fit for use: loopback is up, and new connections use cubic if they can.
func Prepare() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("a socket to set up loopback: %w", err)
	}
	defer unix.Close(socket)
	loopback, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	loopback.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, loopback); err != nil {
		return fmt.Errorf("set up loopback: %w", err)
	}
	// Where the kernel has no such thing, or lets us not choose it, what is set stays; Congestion tells.
	_ = os.WriteFile(congestion, []byte("cubic"), 0)
	return nil
}

// Congestion is the congestion control of new connections, "unknown" if the kernel does not tell.
func Congestion() string {
	name, err := os.ReadFile(congestion)
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(name))
}
